// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.store;

import com.google.protobuf.ByteString;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.stamping.stamp.FileDigest;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hashes without holding an event loop up: up to 64 KiB at once, more on a worker. It stops when
 * nobody waits for the result any more. What waits for a worker is bounded: EXHAUSTED
 * (HASHING_BUSY) beyond it.
 */
public final class Hashing {
  private static final int AT_ONCE = 64 * 1024;
  private static final int SLICE = 64 * 1024;
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

  /** Runs work whose time grows with {@code size} bytes. */
  public <R> Future<R> run(int size, Callable<R> work) {
    if (size <= AT_ONCE) {
      return runNow(work);
    }
    if (waiting.addAndGet(size) > MOST_WAITING) {
      waiting.addAndGet(-size);
      return Future.failedFuture(
          Fault.of(Kind.EXHAUSTED, "HASHING_BUSY", "Too many bytes wait to be hashed already."));
    }
    return workers.executeBlocking(work, false).onComplete(_ -> waiting.addAndGet(-size));
  }

  private static <R> Future<R> runNow(Callable<R> work) {
    try {
      return Future.succeededFuture(work.call());
    } catch (Exception failure) {
      return Future.failedFuture(failure);
    }
  }

  /** One file. Its pieces are hashed in the order in which they are added, one at a time. */
  public final class Job {
    private final CallScope scope;
    private final FileDigest digest = new FileDigest();
    private Future<?> last = Future.succeededFuture();
    private long nanos;

    private Job(CallScope scope) {
      this.scope = scope;
    }

    /** Takes in the next piece; done when it is hashed, and only then should another one be got. */
    public Future<?> add(ByteString piece) {
      last = last.compose(_ -> run(piece.size(), () -> update(piece)));
      return last;
    }

    /** The digests, once all pieces are hashed. */
    public Future<Hashed> finish() {
      return last.map(_ -> new Hashed(digest.finish(), Duration.ofNanos(nanos)));
    }

    private boolean update(ByteString piece) {
      long started = System.nanoTime();
      byte[] slice = new byte[Math.min(SLICE, piece.size())];
      for (int at = 0; at < piece.size(); at += SLICE) {
        if (scope.cancelled()) {
          throw Fault.of(Kind.CANCELLED, "CALLER_GONE", "Nobody waits for this hash any more.");
        }
        int length = Math.min(SLICE, piece.size() - at);
        piece.substring(at, at + length).copyTo(slice, 0);
        digest.update(slice, 0, length);
      }
      nanos += System.nanoTime() - started;
      return true;
    }
  }
}
