// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import dev.omnibridge.intelligence.license.LicenseFinding;
import dev.omnibridge.intelligence.sensitive.SensitiveKind.Category;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** Short words under which a content can be found again. */
final class Tags {
  /** Decisions per function from which code counts as complex. */
  private static final double COMPLEX = 10;

  private static final double SURE_LICENSE = 0.9;
  private static final double DOCUMENTED_SHARE = 0.15;

  private Tags() {}

  static List<String> of(Findings found) {
    var tags = new TreeSet<String>();
    tags.add(found.type().id().replace('_', '-'));
    tags.add("media:" + found.contentType().mediaType());
    if (found.sample().truncated()) {
      tags.add("truncated");
    }
    TextReading reading = found.reading();
    if (reading != null) {
      ofText(reading, tags);
      ofPatterns(found, tags);
      ofLicenses(found, tags);
    }
    return List.copyOf(tags);
  }

  private static void ofText(TextReading reading, TreeSet<String> tags) {
    if (reading.guess() != null) {
      tags.add(reading.guess().language().id());
    }
    if (reading.natural() != null) {
      tags.add("lang:" + reading.natural().code());
    }
    if (reading.encoding().malformed() > 0) {
      tags.add("damaged-text");
    }
    CodeStatistics code = reading.code();
    if (code != null && reading.isCode()) {
      add(tags, code.complexityPerFunction() > COMPLEX, "complex");
      add(tags, code.commentShare() >= DOCUMENTED_SHARE, "documented");
    }
  }

  private static void ofPatterns(Findings found, TreeSet<String> tags) {
    add(tags, found.count(Patterns.TESTS) > 0, "test");
    add(tags, found.count(Patterns.GENERATED) > 0, "generated");
    add(tags, found.count(Patterns.TODO) > 0, "todo");
    add(tags, found.sure(Category.SECRET) > 0, "secret");
    add(tags, found.sure(Category.PERSONAL) > 0, "personal-data");
    add(tags, found.count(Patterns.SHEBANG) > 0, "script");
  }

  /** An expression of several licenses gives a tag for each of them. */
  private static void ofLicenses(Findings found, TreeSet<String> tags) {
    for (LicenseFinding license : found.licenses()) {
      if (license.confidence() >= SURE_LICENSE) {
        for (String id : license.spdxId().split(" (AND|OR|WITH) ")) {
          tags.add("license:" + id.toLowerCase(Locale.ROOT));
        }
      }
    }
  }

  private static void add(TreeSet<String> tags, boolean fits, String tag) {
    if (fits) {
      tags.add(tag);
    }
  }
}
