// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.stamping.stamp.Digests;
import java.util.Locale;

/** What became of one file. */
sealed interface Outcome {
  /** The file, as the user would write it. */
  String path();

  /** How many bytes of it were worked on. */
  long size();

  /**
   * It has a stamp.
   *
   * @param written what was written because of it: a file's name, or nothing
   * @param note what the user did not ask for and should know, as a clause; or nothing
   */
  record Stamped(String path, Stamp stamp, boolean existed, String written, String note)
      implements Outcome {
    Stamped(String path, Stamp stamp, boolean existed, String written) {
      this(path, stamp, existed, written, "");
    }

    Stamped noting(String clause) {
      return new Stamped(path, stamp, existed, written, clause);
    }

    @Override
    public long size() {
      return stamp.getFileSize();
    }

    /** One word for what is new about it. */
    String news() {
      return existed
          ? "existed"
          : stamp.getRevision() > 1 ? "revision " + stamp.getRevision() : "new";
    }
  }

  /** It was hashed, and nobody was told. */
  record Hashed(String path, Digests digests) implements Outcome {
    @Override
    public long size() {
      return digests.size();
    }
  }

  /**
   * Something is wrong with it.
   *
   * @param reason stable, UPPER_SNAKE
   * @param problem one clause
   */
  record Failed(String path, String reason, String problem) implements Outcome {
    static Failed of(String path, Fault fault) {
      return new Failed(path, fault.reason(), fault.sentence());
    }

    @Override
    public long size() {
      return 0;
    }
  }

  /** What is counted at the end, in words that programs may rely on. */
  default String kind() {
    return switch (this) {
      case Stamped stamped when stamped.existed() -> "existed";
      case Stamped _ -> "recorded";
      case Hashed _ -> "hashed";
      case Failed _ -> "failed";
    };
  }

  /** The name of a constant as people read it. */
  static String words(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
