// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import dev.omnibridge.api.log.v1.StampCheckpoint;
import dev.omnibridge.api.log.v1.StampLogKey;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.stamping.log.Finding.Kind;
import dev.omnibridge.stamping.log.StampLog.Head;
import dev.omnibridge.stamping.merkle.Checkpoint;
import dev.omnibridge.stamping.merkle.VerifierKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints that an audit compares a log with: those that were stored, and those that its
 * caller has kept. Each is believed only by its signature, and vouches only by a trusted one.
 */
final class Vouching {
  /** Of how many keys it is asked whether what they have signed last is still there. */
  private static final int MOST_KEYS = 100;

  private final Head head;
  private final Trust trust;
  private final List<Finding> findings = new ArrayList<>();
  private final List<CheckedNote> comparable = new ArrayList<>();
  private final Set<String> vouchingKeys = new LinkedHashSet<>();
  private long vouched;
  private long differing = -1;
  private int compared;

  Vouching(Head head, Trust trust, List<StampCheckpoint> stored, List<String> kept) {
    this.head = head;
    this.trust = trust;
    stored.forEach(one -> take(() -> CheckedNote.of(one, head.origin(), trust)));
    kept.forEach(note -> take(() -> CheckedNote.of(note, head.origin(), trust)));
    comparable.sort(Comparator.comparingLong(one -> one.checkpoint().size()));
    findUntrusted();
  }

  private void take(Supplier<CheckedNote> note) {
    try {
      CheckedNote checked = note.get();
      checkEpoch(head, checked);
      comparable.add(checked);
    } catch (Fault fault) {
      findings.add(finding(Kind.CHECKPOINT_INVALID, -1, fault.sentence(), fault.reason()));
    }
  }

  /**
   * Whether it can be compared at all: what was signed in an earlier epoch beyond what was restored
   * is lost, and none of it should be stored here.
   *
   * @throws Fault REFUSED (CHECKPOINT_BEFORE_RESTORE)
   */
  static void checkEpoch(Head head, CheckedNote note) {
    long size = note.checkpoint().size();
    if (note.origin().epoch() != head.origin().epoch() && size > head.epochSize()) {
      throw Fault.of(
          Fault.Kind.REFUSED,
          "CHECKPOINT_BEFORE_RESTORE",
          "The checkpoint has %d leaves, of which %d were there when the database was restored."
              .formatted(size, head.epochSize()));
    }
  }

  private static Finding finding(Kind kind, long index, String detail, String reason) {
    return new Finding(kind, index, "", "", 0, null, detail, reason);
  }

  private boolean isTrusted(CheckedNote note) {
    return note.signers().stream().anyMatch(trust::isTrusted);
  }

  /** One finding for each key, however much it has signed. */
  private void findUntrusted() {
    Map<String, Long> largest = new LinkedHashMap<>();
    for (CheckedNote note : comparable) {
      if (!isTrusted(note)) {
        largest.merge(note.signers().getFirst().text(), note.checkpoint().size(), Math::max);
      }
    }
    largest.forEach((key, size) ->
        findings.add(
            finding(
                Kind.CHECKPOINT_UNTRUSTED,
                -1,
                "Checkpoints up to size %d are signed by %s, which is not trusted here."
                    .formatted(size, key),
                "CHECKPOINT_KEY_UNTRUSTED")));
  }

  /** Whether what each key has signed last is still there; the stored ones of a size are asked. */
  void findMissing(LongFunction<List<StampCheckpoint>> ofSize) {
    for (StampLogKey key : head.keys().stream().limit(MOST_KEYS).toList()) {
      if (comparable.stream().noneMatch(note -> isLast(key, note))
          && ofSize.apply(key.getLastSize()).stream().noneMatch(one -> isLast(key, one))) {
        findings.add(
            finding(
                Kind.CHECKPOINT_MISSING,
                -1,
                "The checkpoint of size %d that key %s has signed is gone."
                    .formatted(
                        key.getLastSize(),
                        VerifierKey.of(head.origin().text(), key.getPublicKey().toByteArray())
                            .text()),
                "STAMP_LOG_DAMAGED"));
      }
    }
  }

  private static boolean isLast(StampLogKey key, CheckedNote note) {
    return note.checkpoint().size() == key.getLastSize()
        && note.origin().epoch() == key.getEpoch()
        && note.isBy(key.getPublicKey());
  }

  private boolean isLast(StampLogKey key, StampCheckpoint stored) {
    try {
      return isLast(key, CheckedNote.of(stored, head.origin(), trust));
    } catch (Fault notBelieved) {
      return false;
    }
  }

  /** The sizes whose roots are needed. */
  Stream<Long> sizes() {
    return comparable.stream()
        .map(note -> note.checkpoint().size())
        .filter(size -> size <= head.size());
  }

  /** Compares them all, the smallest first; a root is null where leaves are missing below it. */
  void compare(LongFunction<@Nullable Hash> root) {
    for (CheckedNote note : comparable) {
      Checkpoint checkpoint = note.checkpoint();
      compared++;
      boolean longer = checkpoint.size() > head.size();
      @Nullable Hash there = longer ? null : root.apply(checkpoint.size());
      if (differing >= 0) {
        continue;
      }
      if (!checkpoint.root().equals(there)) {
        differing = checkpoint.size();
        findings.add(differing(checkpoint, longer));
      } else if (isTrusted(note)) {
        vouched = checkpoint.size();
        note.signers().stream()
            .filter(trust::isTrusted)
            .forEach(key -> vouchingKeys.add(key.text()));
      }
    }
  }

  private Finding differing(Checkpoint checkpoint, boolean longer) {
    String detail =
        longer
            ? "A checkpoint of %d leaves is signed, and the log has only %d."
                .formatted(checkpoint.size(), head.size())
            : "The log is not what was signed: the leaves from %d to below %d are not all as they"
                    .formatted(vouched, checkpoint.size())
                + " were.";
    return finding(
        Kind.CHECKPOINT_DIFFERS, longer ? head.size() : vouched, detail, "STAMP_LOG_DAMAGED");
  }

  /** Up to here nothing was changed since it was signed. */
  long vouched() {
    return vouched;
  }

  /** The trusted keys that have signed what holds. */
  List<String> vouchingKeys() {
    return List.copyOf(vouchingKeys);
  }

  /** The smallest signed size that the log does not agree with; -1 when there is none. */
  long differing() {
    return differing;
  }

  int compared() {
    return compared;
  }

  List<Finding> findings() {
    return findings;
  }
}
