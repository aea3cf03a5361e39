// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.stamping.stamp.Digests.Nature;
import dev.omnibridge.stamping.stamp.FoundStamp.Flaw;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the stamps of a content are worth.
 *
 * @param checks one per stamp, in the order of the text
 * @param problem why it is not valid; null when it is
 */
public record Validation(Hash currentHash, List<Check> checks, @Nullable Problem problem) {

  /** What can be wrong with stamps: the stable reasons, by the names that clients see. */
  public enum Reason {
    CONTENT_NOT_TEXT,
    CONTENT_NOT_UTF8,
    STAMP_IN_BINARY,
    STAMP_MISSING,
    STAMP_MALFORMED,
    STAMP_TRUNCATED,
    TOOL_METADATA_INCOMPLETE,
    STAMP_DUPLICATE,
    STAMP_HASH_MISMATCH,
    EXPECTED_HASH_MISMATCH,
    SIDECAR_MALFORMED,
    STAMP_NOT_RECORDED
  }

  /** What is wrong, with one sentence that has no full stop yet. */
  public record Problem(Reason reason, String sentence) {}

  /**
   * One stamp.
   *
   * @param uid the id that it states; empty when it states none
   * @param hash what the stamp states; null when it states nothing or is flawed
   * @param line from 1; 0 for a sidecar
   * @param reason what is wrong with it; null when nothing is
   */
  public record Check(
      StampType type, String uid, @Nullable Hash hash, int line, @Nullable Reason reason) {
    /** True when it is well-formed, is the only one of its type, and states the content's hash. */
    public boolean valid() {
      return reason == null;
    }
  }

  /**
   * What is asked of the stamps.
   *
   * @param expected the file hash that the content must have; null: any
   * @param strict a flawed stamp makes the content invalid; otherwise it is just text
   * @param tampering a stamp that states another hash makes the content invalid
   */
  public record Demands(@Nullable Hash expected, boolean strict, boolean tampering) {}

  /** True when there is a stamp and nothing is wrong. */
  public boolean valid() {
    return problem == null;
  }

  /**
   * Checks every stamp against the content. What is not text has no stamp but the sidecar; what
   * looks like one in it is the content's own, as in an archive of stamped files.
   *
   * @param beside the stamp in the sidecar; null when there is none
   */
  public static Validation of(byte[] content, @Nullable FoundStamp beside, Demands demands) {
    List<FoundStamp> found = new ArrayList<>();
    Digests digests = new FileDigest(found::add).update(content, 0, content.length).finish();
    if (!digests.text()) {
      found = beside == null ? stampsIn(content) : new ArrayList<>();
    }
    found.sort(Comparator.comparingInt(FoundStamp::line));
    @Nullable Problem nature = nature(digests.nature(), !found.isEmpty(), beside != null);
    if (beside != null) {
      found.add(beside);
    }
    List<Check> checks = checks(found, digests.fileHash(), demands);
    return new Validation(
        digests.fileHash(),
        digests.text() || beside != null ? checks : List.of(),
        nature == null ? problem(checks, digests.fileHash(), demands) : nature);
  }

  /** What looks like stamps in a content that is no text. */
  private static List<FoundStamp> stampsIn(byte[] content) {
    List<FoundStamp> found = new ArrayList<>();
    var stripper = StampStripper.forHashing((_, _, _, _) -> {}, found::add);
    stripper.update(content, 0, content.length);
    stripper.finish();
    found.removeIf(stamp -> stamp.flaw() != null);
    return found;
  }

  private static @Nullable Problem nature(Nature nature, boolean stamped, boolean sidecar) {
    if (nature == Nature.TEXT) {
      return null;
    }
    if (stamped) {
      return new Problem(
          Reason.STAMP_IN_BINARY,
          "The content is not text, so the stamps written in it count nothing");
    }
    if (sidecar) {
      return null;
    }
    return nature == Nature.BINARY
        ? new Problem(Reason.CONTENT_NOT_TEXT, "The content is not text")
        : new Problem(Reason.CONTENT_NOT_UTF8, "The content is not valid UTF-8");
  }

  private static List<Check> checks(List<FoundStamp> found, Hash current, Demands demands) {
    Set<StampType> seen = EnumSet.noneOf(StampType.class);
    List<Check> checks = new ArrayList<>();
    for (FoundStamp stamp : found) {
      boolean again = stamp.flaw() == null && !seen.add(stamp.type());
      @Nullable Reason reason = again ? Reason.STAMP_DUPLICATE : reason(stamp, current, demands);
      checks.add(new Check(stamp.type(), stamp.uid(), stamp.hash(), stamp.line(), reason));
    }
    return List.copyOf(checks);
  }

  private static @Nullable Reason reason(FoundStamp stamp, Hash current, Demands demands) {
    @Nullable Flaw flaw = stamp.flaw();
    if (flaw != null) {
      return switch (flaw) {
        case MALFORMED ->
            stamp.type() == StampType.DETACHED ? Reason.SIDECAR_MALFORMED : Reason.STAMP_MALFORMED;
        case TRUNCATED -> Reason.STAMP_TRUNCATED;
        case INCOMPLETE -> Reason.TOOL_METADATA_INCOMPLETE;
      };
    }
    @Nullable Hash stated = stamp.hash();
    return demands.tampering() && stated != null && !stated.equals(current)
        ? Reason.STAMP_HASH_MISMATCH
        : null;
  }

  private static @Nullable Problem problem(List<Check> checks, Hash current, Demands demands) {
    @Nullable Check flawed = checks.stream().filter(Validation::isFlawed).findFirst().orElse(null);
    boolean states = checks.stream().anyMatch(check -> check.hash() != null);
    if (flawed != null
        && (demands.strict() || !states || flawed.reason() == Reason.SIDECAR_MALFORMED)) {
      return of(flawed);
    }
    if (!states) {
      return new Problem(Reason.STAMP_MISSING, "The text holds no stamp");
    }
    @Nullable Check wrong =
        checks.stream()
            .filter(check -> !check.valid() && !isFlawed(check))
            .findFirst()
            .orElse(null);
    if (wrong != null) {
      return of(wrong);
    }
    return demands.expected() == null || demands.expected().equals(current)
        ? null
        : new Problem(Reason.EXPECTED_HASH_MISMATCH, "The text does not have the expected hash");
  }

  private static boolean isFlawed(Check check) {
    return check.reason() != null
        && check.reason() != Reason.STAMP_DUPLICATE
        && check.reason() != Reason.STAMP_HASH_MISMATCH;
  }

  private static Problem of(Check check) {
    Reason reason = Objects.requireNonNull(check.reason());
    String what = check.type().label();
    String where =
        check.type() == StampType.DETACHED
            ? "The sidecar"
            : "The %s stamp on line %d".formatted(what, check.line());
    return new Problem(
        reason,
        switch (reason) {
          case STAMP_DUPLICATE -> "There is more than one %s stamp".formatted(what);
          case STAMP_HASH_MISMATCH -> where + " states another hash than the text has";
          case STAMP_TRUNCATED -> where + " " + Flaw.TRUNCATED.sentence();
          case TOOL_METADATA_INCOMPLETE -> where + " " + Flaw.INCOMPLETE.sentence();
          default -> where + " " + Flaw.MALFORMED.sentence();
        });
  }
}
