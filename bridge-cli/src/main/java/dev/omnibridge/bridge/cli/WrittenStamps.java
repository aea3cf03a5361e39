// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.omnibridge.stamping.stamp.Digests;
import dev.omnibridge.stamping.stamp.FoundStamp;
import dev.omnibridge.stamping.stamp.Validation;
import dev.omnibridge.stamping.stamp.Validation.Demands;
import dev.omnibridge.stamping.stamp.Validation.Problem;
import dev.omnibridge.stamping.stamp.Validation.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether the stamps that are written in a file, and beside it, fit it; no suite is asked. */
record WrittenStamps(boolean strict) {
  /** The largest text whose stamps are checked. */
  private static final long MOST_TEXT = 16 * 1024 * 1024;

  private static final int PIECE = 1024 * 1024;

  /** What every stamp in a text has one of. */
  private static final List<String> MARKS = List.of("ONEX", "OmniNode");

  private static final int LONGEST_MARK = 8;

  /** What is wrong, as a clause; empty when nothing is, or there are none. */
  String problem(Path file, Digests digests) throws IOException {
    FoundStamp beside = SidecarFile.of(file).stamp();
    if (beside != null && beside.flaw() != null) {
      return "what is beside it in place of a stamp is malformed";
    }
    if (digests.text() && digests.size() <= MOST_TEXT) {
      return inside(Files.readAllBytes(file), beside);
    }
    return beside == null || digests.fileHash().equals(beside.hash())
        ? ""
        : "the stamp beside it states another hash";
  }

  /** True when there may be stamps in it that nobody checked. */
  boolean isTooLarge(Path file, Digests digests) throws IOException {
    return digests.text() && digests.size() > MOST_TEXT && mayHoldStamps(file);
  }

  private static boolean mayHoldStamps(Path file) throws IOException {
    byte[] piece = new byte[PIECE];
    int kept = 0;
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(piece); count >= 0; count = in.read(piece, kept, PIECE - kept)) {
        int end = kept + count;
        String text = new String(piece, 0, end, ISO_8859_1);
        if (MARKS.stream().anyMatch(text::contains)) {
          return true;
        }
        kept = Math.min(end, LONGEST_MARK - 1);
        System.arraycopy(piece, end - kept, piece, 0, kept);
      }
    }
    return false;
  }

  private String inside(byte[] text, @Nullable FoundStamp beside) {
    Problem problem = Validation.of(text, beside, new Demands(null, strict, true)).problem();
    return problem == null || problem.reason() == Reason.STAMP_MISSING ? "" : problem.sentence();
  }
}
