// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.files;

import java.util.List;

/**
 * Which files of a directory are meant. A file that is named itself is always meant.
 *
 * @param ignoreFiles whether {@code .gitignore} files count
 * @param hidden whether names that begin with a dot are meant; {@code .git} never is
 * @param included patterns as ignore files have them, from the named directory on: only what fits
 *     one of them, or is below what does; empty for everything
 * @param excluded the same: nothing that fits, whatever else is said
 */
public record Selection(
    boolean ignoreFiles, boolean hidden, List<String> included, List<String> excluded) {

  public Selection {
    included = List.copyOf(included);
    excluded = List.copyOf(excluded);
  }

  /** What is neither hidden nor ignored. */
  public static Selection usual() {
    return new Selection(true, false, List.of(), List.of());
  }
}
