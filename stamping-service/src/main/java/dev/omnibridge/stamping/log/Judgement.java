// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import dev.omnibridge.api.log.v1.StampEvent;
import dev.omnibridge.stamping.log.Finding.Kind;
import dev.omnibridge.stamping.merkle.Difference;
import dev.omnibridge.stamping.merkle.EventCheck;
import dev.omnibridge.stamping.merkle.StampRecord;
import dev.omnibridge.stamping.merkle.Tuples.Named;
import java.util.List;

/**
 * Decides which of two things that do not fit is wrong. A leaf below a signed size whose root holds
 * is right; behind it, the event decides.
 */
final class Judgement {
  private final LeafClient client;
  private final String namespace;
  private final long vouched;

  Judgement(LeafClient client, String namespace, long vouched) {
    this.client = client;
    this.namespace = namespace;
    this.vouched = vouched;
  }

  Finding of(Suspicion suspicion) {
    if (suspicion.event()) {
      return event(suspicion);
    }
    if (suspicion.record() == null) {
      return missing(suspicion);
    }
    return suspicion.row() == null ? unnamed(suspicion) : differing(suspicion);
  }

  private Finding event(Suspicion s) {
    boolean gone = s.difference() == null;
    if (!gone && !isVouched(s)) {
      return finding(Kind.LEAF_ALTERED, s, "The leaf and the event of the stamp do not agree.");
    }
    return gone
        ? finding(Kind.EVENT_MISSING, s, "The event of the stamp is not in the log any more.")
        : finding(Kind.EVENT_ALTERED, s, "The event in the log is not what was stamped.");
  }

  private Finding missing(Suspicion s) {
    String whose = s.row() == null ? "and no row names it" : "though a row names it";
    return finding(Kind.LEAF_MISSING, s, "There is no leaf %d, %s.".formatted(s.index(), whose));
  }

  /** No row names the leaf, and no later revision accounts for that. */
  private Finding unnamed(Suspicion s) {
    boolean right = isVouched(s) || isOfEvent(s);
    if (s.newestIndex() >= 0) {
      Difference place =
          new Difference("leaf_index", Long.toString(s.index()), Long.toString(s.newestIndex()));
      return right
          ? finding(
              Kind.ROW_ALTERED,
              with(s, place),
              "The row of the stamp names another leaf, or an older revision.")
          : finding(Kind.LEAF_ADDED, s, "The leaf repeats a stamp, or tells one that never was.");
    }
    return right
        ? finding(Kind.ROW_MISSING, s, "The row that queries answer from is gone.")
        : finding(Kind.LEAF_ADDED, s, "No stamp and no event accounts for the leaf.");
  }

  private Finding differing(Suspicion s) {
    Difference difference = s.difference();
    if (isVouched(s)) {
      return finding(Kind.ROW_ALTERED, s, "The row is not what was stamped; the leaf is signed.");
    }
    boolean other = difference != null && difference.field().equals("file_hash");
    if (isOfEvent(s)) {
      return other
          ? finding(Kind.LEAF_MOVED, s, "The leaf of another stamp stands where a row names its.")
          : finding(Kind.ROW_ALTERED, s, "The row is not what was stamped; leaf and event agree.");
    }
    return finding(
        Kind.LEAF_ALTERED, s, "The leaf's record is neither what the row nor the event says.");
  }

  private boolean isVouched(Suspicion s) {
    return s.index() < vouched;
  }

  /** Whether the log has the event that the leaf speaks of, as the leaf has it. */
  private boolean isOfEvent(Suspicion s) {
    StampRecord record = s.stamp();
    if (record == null) {
      return false;
    }
    List<StampEvent> events =
        client.events(namespace, List.of(AuditedRange.revision(record))).getEventsList();
    return events.stream()
        .anyMatch(event -> EventCheck.compare(record, event.getBody().toByteArray()) == null);
  }

  private static Suspicion with(Suspicion s, Difference difference) {
    return new Suspicion(
        s.index(), s.record(), s.row(), difference, s.event(), s.newestRevision(), s.newestIndex());
  }

  /** Named by the row, which tells even where the record cannot be read; or else by the record. */
  private static Finding finding(Kind kind, Suspicion s, String detail) {
    StampRecord record = s.stamp();
    Named named = s.row();
    if (named == null) {
      named =
          record == null
              ? new Named("", "", 0)
              : new Named(record.stampId().toString(), record.fileHash().hex(), record.revision());
    }
    return new Finding(
        kind,
        s.index(),
        named.stampId(),
        named.fileHash(),
        named.revision(),
        s.difference(),
        detail,
        "");
  }
}
