// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import dev.omnibridge.dbadapter.store.StampScan;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Sends what a scan reads, as fast as the caller takes it: a slow caller holds a few pieces of
 * memory, one connection and one thread of the system. Bounded, because each scan takes both; who
 * waits for a turn takes neither. A virtual thread would park for every few KiB that the database
 * sends, which costs more than all else that a scan does in here.
 */
final class StampRows {
  private static final int SCANS = 8;
  private static final int WAITING = 64;
  private static final long TURN_SECONDS = 5;
  private static final long WAIT_SECONDS = 30;

  private final Semaphore callers = new Semaphore(SCANS + WAITING);
  private final Semaphore scans = new Semaphore(SCANS, true);

  <R> void send(ServerCallStreamObserver<R> out, Supplier<StampScan<R>> scan) {
    if (!callers.tryAcquire()) {
      Replies.fail(out, busy());
      return;
    }
    var room = new Semaphore(0);
    out.setOnReadyHandler(room::release);
    out.setOnCancelHandler(room::release);
    Thread unused =
        Thread.ofVirtual().name("stamp-scan-turn").start(() -> awaitTurn(out, scan, room));
  }

  static Fault busy() {
    return Fault.of(Fault.Kind.EXHAUSTED, "SCANS_BUSY", "Too many scans of stamps are running.");
  }

  static Fault tooSlow() {
    return Fault.of(
        Fault.Kind.TIMEOUT, "CALLER_TOO_SLOW", "The caller has taken nothing for too long.");
  }

  private <R> void awaitTurn(
      ServerCallStreamObserver<R> out, Supplier<StampScan<R>> scan, Semaphore room) {
    if (!hasTurn(out)) {
      callers.release();
      return;
    }
    Thread unused =
        Thread.ofPlatform()
            .daemon()
            .name("stamp-scan")
            .start(() -> {
              try {
                if (!out.isCancelled()) {
                  run(out, scan, room);
                }
              } finally {
                scans.release();
                callers.release();
              }
            });
  }

  /** Scans are short as a rule, so a turn is worth waiting for. */
  private boolean hasTurn(ServerCallStreamObserver<?> out) {
    try {
      if (scans.tryAcquire(TURN_SECONDS, TimeUnit.SECONDS)) {
        return true;
      }
      Replies.fail(out, busy());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      Replies.fail(out, Fault.broken(stopped));
    }
    return false;
  }

  private static <R> void run(
      ServerCallStreamObserver<R> out, Supplier<StampScan<R>> scan, Semaphore room) {
    try (StampScan<R> open = scan.get()) {
      for (List<R> messages = open.next(); messages != null; messages = open.next()) {
        for (R message : messages) {
          awaitRoom(out, room);
          if (out.isCancelled()) {
            return;
          }
          out.onNext(message);
        }
      }
      out.onCompleted();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      Replies.fail(out, Fault.broken(stopped));
    } catch (RuntimeException failure) {
      if (!out.isCancelled()) {
        Replies.fail(out, failure);
      }
    }
  }

  private static void awaitRoom(ServerCallStreamObserver<?> out, Semaphore room)
      throws InterruptedException {
    while (!out.isReady() && !out.isCancelled()) {
      if (!room.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS) && !out.isReady()) {
        throw tooSlow();
      }
    }
  }
}
