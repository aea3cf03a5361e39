// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import dev.omnibridge.api.stamping.v1.BatchCreateStampsRequest;
import dev.omnibridge.api.stamping.v1.BatchCreateStampsResponse;
import dev.omnibridge.api.stamping.v1.BatchItem;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.CreateStampResponse;
import dev.omnibridge.api.stamping.v1.ItemError;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.MessageRules;
import dev.omnibridge.runtime.rpc.Statuses;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Stamps many files, a few at a time; the failure of one stays with its item. */
final class Batch {
  private static final int MOST_BYTES = Edge.MAX_MESSAGE_BYTES - 64 * 1024;

  private final List<CreateStampRequest> requests;
  private final MessageRules rules;
  private final Function<CreateStampRequest, Future<CreateStampResponse>> stamp;
  private final BatchItem[] items;
  private int next;

  private Batch(
      List<CreateStampRequest> requests,
      MessageRules rules,
      Function<CreateStampRequest, Future<CreateStampResponse>> stamp) {
    this.requests = requests;
    this.rules = rules;
    this.stamp = stamp;
    this.items = new BatchItem[requests.size()];
  }

  /** Runs the batch with so many lanes, on the context of the caller. */
  static Future<BatchCreateStampsResponse> run(
      BatchCreateStampsRequest request,
      int lanes,
      MessageRules rules,
      Function<CreateStampRequest, Future<CreateStampResponse>> stamp) {
    if (request.getItemsCount() == 0) {
      return Future.failedFuture(
          Fault.invalidField("EMPTY_BATCH", "items", "The batch holds no items."));
    }
    var batch = new Batch(request.getItemsList(), rules, stamp);
    return Future.all(IntStream.range(0, lanes).mapToObj(_ -> batch.lane()).toList())
        .compose(_ -> batch.response());
  }

  /** Takes one item after the other until none is left. */
  private Future<Void> lane() {
    Promise<Void> done = Promise.promise();
    goOn(done);
    return done.future();
  }

  /** A loop while answers are there at once: a thousand of them are too many to nest. */
  private void goOn(Promise<Void> done) {
    while (next < requests.size()) {
      int index = next++;
      Future<CreateStampResponse> answer = stampOne(requests.get(index));
      if (!answer.isComplete()) {
        answer.onComplete((_, _) -> {
          settle(index, answer);
          goOn(done);
        });
        return;
      }
      settle(index, answer);
    }
    done.complete();
  }

  private void settle(int index, Future<CreateStampResponse> answer) {
    items[index] =
        answer.succeeded()
            ? item(index).setCreated(answer.result()).build()
            : item(index).setError(error(answer.cause())).build();
  }

  private Future<CreateStampResponse> stampOne(CreateStampRequest request) {
    try {
      rules.check(request);
      return stamp.apply(request);
    } catch (RuntimeException refused) {
      return Future.failedFuture(refused);
    }
  }

  private static BatchItem.Builder item(int index) {
    return BatchItem.newBuilder().setIndex(index);
  }

  private static ItemError error(Throwable failure) {
    Fault fault = Statuses.told(failure);
    return ItemError.newBuilder()
        .setCode(fault.kind().code().value())
        .setReason(fault.reason())
        .setMessage(fault.sentence())
        .build();
  }

  private Future<BatchCreateStampsResponse> response() {
    var response = BatchCreateStampsResponse.newBuilder().addAllItems(List.of(items));
    int failed = (int) response.getItemsList().stream().filter(BatchItem::hasError).count();
    var complete = response.setFailed(failed).setSucceeded(items.length - failed).build();
    return complete.getSerializedSize() <= MOST_BYTES
        ? Future.succeededFuture(complete)
        : Future.failedFuture(
            Fault.invalid(
                "BATCH_TOO_LARGE",
                "The files are stamped, but the answer is too large; ask with fewer at a time."));
  }
}
