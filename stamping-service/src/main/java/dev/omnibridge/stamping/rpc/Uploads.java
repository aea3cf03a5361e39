// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.stamping.store.Hashing;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The uploads of this process: those under way, and those whose call broke off, which are kept for
 * a while so that they can go on. There are at most so many of both; the one that has waited
 * longest gives way. Everything happens on one context.
 */
public final class Uploads {

  /**
   * What uploads may take.
   *
   * @param atOnce how many there are, under way and kept
   * @param kept how long one is kept after its call broke off, or was answered
   * @param idle the longest pause of a client
   * @param mostBytes the largest file
   */
  public record Limits(int atOnce, Duration kept, Duration idle, long mostBytes) {}

  private final Context context;
  private final Hashing hashing;
  private final Limits limits;
  private final Map<String, Kept> byId = new LinkedHashMap<>();
  private int calls;

  public Uploads(Context context, Hashing hashing, Limits limits) {
    this.context = context;
    this.hashing = hashing;
    this.limits = limits;
  }

  Limits limits() {
    return limits;
  }

  /** A file that can go on. */
  private static final class Kept {
    final Hashing.Job job;
    @Nullable Upload call;
    long timer;

    Kept(Hashing.Job job) {
      this.job = job;
    }
  }

  /** One more call; EXHAUSTED (UPLOADS_BUSY) when there are too many. */
  void enter() {
    if (calls >= limits.atOnce()) {
      throw Fault.of(
          Kind.EXHAUSTED, "UPLOADS_BUSY", "Too many uploads are under way; try again in a moment.");
    }
    calls++;
  }

  /** A call that cannot go on ends. */
  void leave() {
    calls--;
  }

  /** The file of an upload without an id. */
  Hashing.Job anonymous() {
    return hashing.startKept();
  }

  /**
   * The file of an upload that begins, or goes on, with this call. A call that still holds it is
   * ended.
   */
  Future<Hashing.Job> attach(String id, long offset, Upload call) {
    @Nullable Kept kept = byId.get(id);
    if (kept == null) {
      return offset == 0 ? Future.succeededFuture(begin(id, call)) : Future.failedFuture(lost(id));
    }
    @Nullable Upload before = kept.call;
    kept.call = call;
    context.owner().cancelTimer(kept.timer);
    if (before != null) {
      before.takenOver();
    }
    return kept.job
        .settled()
        .map(_ -> kept.job.accepted())
        .compose(size ->
            size == offset
                ? Future.succeededFuture(kept.job)
                : Future.failedFuture(
                    Fault.of(
                            Kind.REFUSED,
                            "UPLOAD_OFFSET_WRONG",
                            "The upload goes on at offset %d.".formatted(size))
                        .with("offset", size)));
  }

  private Hashing.Job begin(String id, Upload call) {
    Kept kept = new Kept(hashing.startKept());
    kept.call = call;
    byId.put(id, kept);
    makeRoom();
    return kept.job;
  }

  private void makeRoom() {
    if (byId.size() > limits.atOnce()) {
      Optional<String> oldest =
          byId.entrySet().stream()
              .filter(entry -> entry.getValue().call == null)
              .map(Map.Entry::getKey)
              .findFirst();
      oldest.ifPresent(this::forget);
    }
  }

  /** The call no longer holds the file, which is kept unless it is spoilt. */
  void detach(String id, Upload call, boolean spoilt) {
    @Nullable Kept kept = byId.get(id);
    if (kept == null || kept.call != call) {
      return;
    }
    if (spoilt) {
      forget(id);
      return;
    }
    kept.call = null;
    byId.remove(id);
    byId.put(id, kept);
    kept.timer = context.owner().setTimer(limits.kept().toMillis(), _ -> forgetIfKept(id, kept));
    makeRoom();
  }

  private void forgetIfKept(String id, Kept kept) {
    if (byId.get(id) == kept && kept.call == null) {
      forget(id);
    }
  }

  private void forget(String id) {
    @Nullable Kept kept = byId.remove(id);
    if (kept != null) {
      context.owner().cancelTimer(kept.timer);
    }
  }

  /** How many bytes of an upload are hashed. */
  Future<Long> offset(String id) {
    @Nullable Kept kept = byId.get(id);
    return kept == null ? Future.failedFuture(lost(id)) : kept.job.settled();
  }

  private static Fault lost(String id) {
    return Fault.notFound(
            "UPLOAD_UNKNOWN", "The server does not know the upload, or no longer; begin again.")
        .with("upload_id", id)
        .with("offset", 0);
  }
}
