// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.license;

/**
 * A license that a text names or holds.
 *
 * @param spdxId identifier or expression of the SPDX license list
 * @param confidence 0 to 1
 * @param line counted from 1; 1 for a text
 */
public record LicenseFinding(String spdxId, double confidence, Source source, int line) {
  /** What told so. */
  public enum Source {
    /** A line with SPDX-License-Identifier. */
    SPDX_HEADER("spdx-header"),
    /** The license's own words. */
    LICENSE_TEXT("license-text");

    private final String id;

    Source(String id) {
      this.id = id;
    }

    /** The stable id in kebab-case. */
    public String id() {
      return id;
    }
  }
}
