// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import dev.omnibridge.testkit.Thresholds.Summary;
import dev.omnibridge.testkit.report.RunReport.Place;
import dev.omnibridge.testkit.report.RunReport.Row;

/**
 * One threshold in one place, in the colour that the place has on the whole page; earlier when it
 * is of another revision than the page.
 */
record Series(Place place, int colour, boolean earlier, Row row) {

  /** The place, for people. */
  String text() {
    return earlier ? place.text() + " (earlier)" : place.text();
  }

  Summary summary() {
    return row.summary();
  }
}
