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
import dev.omnibridge.runtime.rpc.Statuses;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Stamps many files, a few at a time; the failure of one stays with its item. */
final class Batch {
  private static final int MOST_BYTES = Edge.MAX_MESSAGE_BYTES - 64 * 1024;

  private final List<CreateStampRequest> requests;
  private final Function<CreateStampRequest, Future<CreateStampResponse>> stamp;
  private final BatchItem[] items;
  private int next;

  private Batch(
      List<CreateStampRequest> requests,
      Function<CreateStampRequest, Future<CreateStampResponse>> stamp) {
    this.requests = requests;
    this.stamp = stamp;
    this.items = new BatchItem[requests.size()];
  }

  /** Runs the batch with so many lanes, on the context of the caller. */
  static Future<BatchCreateStampsResponse> run(
      BatchCreateStampsRequest request,
      int lanes,
      Function<CreateStampRequest, Future<CreateStampResponse>> stamp) {
    if (request.getItemsCount() == 0) {
      return Future.failedFuture(
          Fault.invalidField("EMPTY_BATCH", "items", "The batch holds no items."));
    }
    var batch = new Batch(request.getItemsList(), stamp);
    return Future.all(IntStream.range(0, lanes).mapToObj(_ -> batch.lane()).toList())
        .compose(_ -> batch.response());
  }

  /** Takes one item after the other until none is left. */
  private Future<Void> lane() {
    if (next == requests.size()) {
      return Future.succeededFuture();
    }
    int index = next++;
    return stampOne(requests.get(index))
        .map(created -> item(index).setCreated(created).build())
        .otherwise(failure -> item(index).setError(error(failure)).build())
        .compose(item -> {
          items[index] = item;
          return lane();
        });
  }

  private Future<CreateStampResponse> stampOne(CreateStampRequest request) {
    try {
      return stamp.apply(request);
    } catch (RuntimeException refused) {
      return Future.failedFuture(refused);
    }
  }

  private static BatchItem.Builder item(int index) {
    return BatchItem.newBuilder().setIndex(index);
  }

  private static ItemError error(Throwable failure) {
    Fault fault = Statuses.faultOf(failure);
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
