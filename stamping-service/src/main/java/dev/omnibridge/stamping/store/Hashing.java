// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.stamping.stamp.FileDigest;
import dev.omnibridge.stamping.stamp.HashedBy;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hashes without holding an event loop up: up to 64 KiB at once, more on a worker. It stops when
 * nobody waits for the result any more. What waits for a worker is bounded: EXHAUSTED
 * (HASHING_BUSY) beyond it.
 */
public final class Hashing {
  private static final int AT_ONCE = 64 * 1024;
  private static final long MOST_WAITING = 64L * 1024 * 1024;

  private final WorkerExecutor workers;
  private final AtomicLong waiting = new AtomicLong();

  public Hashing(WorkerExecutor workers) {
    this.workers = workers;
  }

  /** Both digests of a file that is in memory. */
  public Future<Hashed> hash(ByteString file, CallScope scope) {
    Job job = start(scope);
    return job.add(file).compose(_ -> job.finish());
  }

  /** Starts on a file that comes in pieces, in memory that does not grow with it. */
  public Job start(CallScope scope) {
    return new Job(scope);
  }

  /** The same for a file that outlives the call; its caller bounds how many there are. */
  public Job startKept() {
    return new Job(null);
  }

  /** Runs work whose time grows with {@code size} bytes. */
  public <R> Future<R> run(int size, Callable<R> work) {
    if (size <= AT_ONCE) {
      return runNow(work);
    }
    return hold(size, () -> later(work));
  }

  /** Runs work that holds {@code size} bytes until its result is there; EXHAUSTED as above. */
  <R> Future<R> hold(int size, Supplier<Future<R>> work) {
    if (waiting.addAndGet(size) > MOST_WAITING) {
      waiting.addAndGet(-size);
      return Future.failedFuture(busy());
    }
    return work.get().onComplete(_ -> waiting.addAndGet(-size));
  }

  /** Runs a part of work that is counted already, and so is never refused. */
  <R> Future<R> later(Callable<R> work) {
    return workers.executeBlocking(work, false);
  }

  private static Fault busy() {
    return Fault.of(Kind.EXHAUSTED, "HASHING_BUSY", "Too many bytes wait to be hashed already.");
  }

  private static <R> Future<R> runNow(Callable<R> work) {
    try {
      return Future.succeededFuture(work.call());
    } catch (Exception failure) {
      return Future.failedFuture(failure);
    }
  }

  static Fault callerGone() {
    return Fault.of(Kind.CANCELLED, "CALLER_GONE", "Nobody waits for this hash any more.");
  }

  /** One file. Its pieces are hashed in the order in which they are added, one at a time. */
  public final class Job implements ContentSource.Sink<Hashed> {
    private final @Nullable CallScope scope;
    private final FileDigest digest = new FileDigest();
    private Future<?> last = Future.succeededFuture();
    private @Nullable Future<Hashed> finished;
    private long nanos;
    private long accepted;
    private long size;

    private Job(@Nullable CallScope scope) {
      this.scope = scope;
    }

    /** Takes in the next piece; done when it is hashed, and only then should another one be got. */
    @Override
    public Future<?> add(ByteString piece) {
      accepted += piece.size();
      // What compose gives keeps what it was given, and so the piece, until the next one.
      last = last.compose(_ -> hash(piece)).mapEmpty();
      return last;
    }

    private Future<?> hash(ByteString piece) {
      return scope != null || piece.size() <= AT_ONCE
          ? run(piece.size(), () -> update(piece))
          : workers.executeBlocking(() -> update(piece), false);
    }

    /** How many bytes are hashed, once what was added is. */
    public Future<Long> settled() {
      return last.map(_ -> size);
    }

    /** How many bytes were added, hashed or not. */
    public long accepted() {
      return accepted;
    }

    /** True when nothing can be added any more. */
    public boolean isFinished() {
      return finished != null;
    }

    /** The digests, once all pieces are hashed. */
    @Override
    public Future<Hashed> finish() {
      if (finished == null) {
        finished =
            last.map(_ -> new Hashed(digest.finish(), HashedBy.SERVER, Duration.ofNanos(nanos)));
      }
      return finished;
    }

    private boolean update(ByteString piece) {
      if (scope != null && scope.cancelled()) {
        throw callerGone();
      }
      long started = System.nanoTime();
      try {
        UnsafeByteOperations.unsafeWriteTo(piece, new Feed(digest));
      } catch (IOException impossible) {
        throw new UncheckedIOException(impossible);
      }
      nanos += System.nanoTime() - started;
      size += piece.size();
      return true;
    }
  }
}
