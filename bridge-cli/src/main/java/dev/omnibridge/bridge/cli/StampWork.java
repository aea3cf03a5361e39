// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.stamping.v1.BatchItem;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.CreateStampResponse;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.bridge.cli.Outcome.Failed;
import dev.omnibridge.bridge.cli.Outcome.Hashed;
import dev.omnibridge.bridge.cli.Outcome.Stamped;
import dev.omnibridge.bridge.client.Client;
import dev.omnibridge.bridge.client.StampBatch;
import dev.omnibridge.bridge.client.StampUpload;
import dev.omnibridge.bridge.files.FileHasher;
import dev.omnibridge.bridge.files.Found;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import io.grpc.Status.Code;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * What is done to a batch of files: what is wrong with one of them is told in its place, a suite
 * that is away ends everything.
 */
final class StampWork {
  private final FileHasher hasher;
  private final Function<String, StampOptions> options;

  StampWork(FileHasher hasher, Function<String, StampOptions> options) {
    this.hasher = hasher;
    this.options = options;
  }

  /** Both digests of each; nobody is told. */
  List<Outcome> hash(List<Found> batch) throws InterruptedException {
    try (var turn = hasher.turn()) {
      return each(batch, file -> new Hashed(FileFaults.name(file), turn.digests(file)));
    }
  }

  /** Hashes each, and tells the suite the digests of all of them in as few calls as can be. */
  List<Outcome> register(Client client, List<Found> batch) throws InterruptedException {
    List<Outcome> outcomes = hash(batch);
    List<CreateStampRequest> orders = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      if (outcome instanceof Hashed hashed) {
        orders.add(StampBatch.order(hashed.digests(), options.apply(hashed.path())));
      }
    }
    List<BatchItem> answers = StampBatch.send(client, orders);
    requireOne(answers);
    var next = answers.iterator();
    outcomes.replaceAll(outcome ->
        outcome instanceof Hashed hashed ? outcome(hashed.path(), next.next()) : outcome);
    return outcomes;
  }

  /** What is away for every item is away; for some of them, it is their own affair. */
  private static void requireOne(List<BatchItem> answers) {
    if (!answers.isEmpty() && answers.stream().allMatch(StampWork::isAway)) {
      var error = answers.getFirst().getError();
      throw Fault.of(Kind.UNAVAILABLE, error.getReason(), error.getMessage());
    }
  }

  private static boolean isAway(BatchItem item) {
    return item.hasError() && item.getError().getCode() == Code.UNAVAILABLE.value();
  }

  private static Outcome outcome(String path, BatchItem item) {
    if (!item.hasError()) {
      return stamped(path, item.getCreated(), "");
    }
    var error = item.getError();
    return new Failed(path, error.getReason(), path + ": " + error.getMessage());
  }

  static Stamped stamped(String path, CreateStampResponse answer, String written) {
    return new Stamped(path, answer.getStamp(), answer.getExisted(), written);
  }

  /** Sends the bytes of each, so that the suite hashes them itself; reports them when it has. */
  List<Outcome> upload(Client client, List<Found> batch, LongConsumer report)
      throws InterruptedException {
    return each(batch, file -> upload(client, file, report));
  }

  private Outcome upload(Client client, Path file, LongConsumer report) throws IOException {
    String name = FileFaults.name(file);
    var answer = StampUpload.send(client, file, options.apply(name));
    report.accept(answer.getStamp().getFileSize());
    return new Stamped(name, answer.getStamp(), answer.getExisted(), "");
  }

  /** What is done to a file, which may be unreadable or refused. */
  interface Step {
    Outcome on(Path file) throws IOException, InterruptedException;
  }

  /** Does it to one after the other. */
  static List<Outcome> each(List<Found> batch, Step step) throws InterruptedException {
    List<Outcome> outcomes = new ArrayList<>(batch.size());
    for (Found found : batch) {
      outcomes.add(each(found, step));
    }
    return outcomes;
  }

  private static Outcome each(Found found, Step step) throws InterruptedException {
    if (found instanceof Found.Unreadable unreadable) {
      return FileFaults.of(unreadable);
    }
    try {
      return step.on(found.path());
    } catch (IOException unreadable) {
      return FileFaults.of(found.path(), unreadable);
    } catch (Fault fault) {
      if (fault.kind() == Kind.UNAVAILABLE) {
        throw fault;
      }
      return Failed.of(FileFaults.name(found.path()), fault);
    }
  }
}
