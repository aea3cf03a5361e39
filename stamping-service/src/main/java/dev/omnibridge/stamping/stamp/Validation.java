// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import dev.omnibridge.runtime.blake3.Hash;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the stamps in a text are worth.
 *
 * @param checks one per stamp, in the order of the text
 * @param problem why it is not valid, one sentence; null when it is
 */
public record Validation(Hash currentHash, List<Check> checks, @Nullable String problem) {

  /**
   * One stamp.
   *
   * @param hash what the stamp states; null when it is malformed
   * @param line from 1
   */
  public record Check(StampType type, @Nullable Hash hash, boolean valid, int line) {}

  /** True when there is a stamp and nothing is wrong. */
  public boolean valid() {
    return problem == null;
  }

  /**
   * Checks every stamp against the text. A hash-only stamp is read as stating the file hash, under
   * which its metadata is kept.
   *
   * @param expected the file hash that the text must have; null: any
   * @param strict a malformed stamp makes the text invalid; otherwise it is just text
   */
  public static Validation of(byte[] text, @Nullable Hash expected, boolean strict) {
    List<FoundStamp> found = new ArrayList<>();
    Digests digests = new FileDigest(found::add).update(text, 0, text.length).finish();
    if (!digests.text()) {
      return new Validation(digests.fileHash(), List.of(), "The content is not text");
    }
    found.sort(Comparator.comparingInt(FoundStamp::line));
    Hash current = digests.fileHash();
    List<Check> checks = found.stream().map(stamp -> check(stamp, current)).toList();
    return new Validation(current, checks, problem(checks, current, expected, strict));
  }

  private static Check check(FoundStamp stamp, Hash current) {
    return new Check(stamp.type(), stamp.hash(), current.equals(stamp.hash()), stamp.line());
  }

  private static @Nullable String problem(
      List<Check> checks, Hash current, @Nullable Hash expected, boolean strict) {
    List<Check> wellFormed = checks.stream().filter(check -> check.hash() != null).toList();
    if (strict && wellFormed.size() < checks.size()) {
      Check first = checks.stream().filter(check -> check.hash() == null).findFirst().orElseThrow();
      return "The %s stamp on line %d is malformed".formatted(first.type().label(), first.line());
    }
    if (wellFormed.isEmpty()) {
      return "The text holds no stamp";
    }
    for (Check check : wellFormed) {
      if (!check.valid()) {
        return "The %s stamp on line %d states another hash than the text has"
            .formatted(check.type().label(), check.line());
      }
    }
    return expected == null || expected.equals(current)
        ? null
        : "The text does not have the expected hash";
  }
}
