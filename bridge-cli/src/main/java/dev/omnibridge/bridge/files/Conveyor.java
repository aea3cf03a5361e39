// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.files;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Does something to files in batches, several batches at once, and gives the results in the order
 * in which the files came. What waits is bounded at every place.
 *
 * @param <T> a file
 * @param <R> what comes of one
 */
public final class Conveyor<T, R> {
  private static final int BATCHES_AT_ONCE = 12;
  private static final int FILES_PER_BATCH = 128;
  private static final long BYTES_PER_BATCH = 16L * 1024 * 1024;

  /** So far may the source be ahead of the work. */
  private static final int BATCHES_AHEAD = 2_000;

  /** Hands on one file after the other; it runs on a thread of its own. */
  public interface Source<T> {
    /** Returns when there are no more. */
    void handOn(Belt<T> belt) throws InterruptedException;
  }

  /** Where the source puts its files. */
  public interface Belt<T> {
    /** Waits while the work is too far behind. */
    void put(T file, long size) throws InterruptedException;
  }

  /** What is done to the files. */
  public interface Work<T, R> {
    /** One result per file, in their order. */
    List<R> on(List<T> batch) throws InterruptedException;
  }

  private final Work<T, R> work;
  private final Consumer<R> results;
  private final BlockingQueue<List<T>> batches = new ArrayBlockingQueue<>(BATCHES_AHEAD);
  private final Queue<Future<List<R>>> underWay = new ArrayDeque<>();
  private List<T> next = new ArrayList<>();
  private long bytes;

  private Conveyor(Work<T, R> work, Consumer<R> results) {
    this.work = work;
    this.results = results;
  }

  /** Returns when all results are given; the first failure ends everything. */
  public static <T, R> void run(Source<T> source, Work<T, R> work, Consumer<R> results) {
    var threads =
        Executors.newFixedThreadPool(
            BATCHES_AT_ONCE + 1, Thread.ofPlatform().name("files-", 0).daemon().factory());
    try (threads) {
      new Conveyor<>(work, results).run(source, threads);
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException("Files could not be worked on", failure.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while files were worked on", interrupted);
    }
  }

  private void run(Source<T> source, ExecutorService threads)
      throws InterruptedException, ExecutionException {
    try {
      Future<?> sourced = threads.submit(() -> runSource(source));
      for (List<T> batch = batches.take(); !batch.isEmpty(); batch = batches.take()) {
        while (underWay.size() >= 2 * BATCHES_AT_ONCE) {
          give();
        }
        List<T> one = batch;
        underWay.add(threads.submit(() -> work.on(one)));
      }
      sourced.get();
      while (!underWay.isEmpty()) {
        give();
      }
    } finally {
      var notBegun = threads.shutdownNow();
      notBegun.clear();
    }
  }

  /** The empty batch is the last one, however it ends, unless nobody waits for it any more. */
  private @Nullable Void runSource(Source<T> source) throws InterruptedException {
    boolean awaited = true;
    try {
      source.handOn(this::put);
      if (!next.isEmpty()) {
        batches.put(next);
      }
      return null;
    } catch (InterruptedException interrupted) {
      awaited = false;
      throw interrupted;
    } finally {
      if (awaited) {
        batches.put(List.of());
      }
    }
  }

  private void put(T file, long size) throws InterruptedException {
    next.add(file);
    bytes += size;
    if (next.size() >= FILES_PER_BATCH || bytes >= BYTES_PER_BATCH) {
      batches.put(next);
      next = new ArrayList<>();
      bytes = 0;
    }
  }

  private void give() throws InterruptedException, ExecutionException {
    underWay.remove().get().forEach(results);
  }
}
