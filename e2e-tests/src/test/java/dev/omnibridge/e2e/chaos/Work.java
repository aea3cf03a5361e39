// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import java.util.Locale;

/** What a kind of client does, and how often it has to be answered in a breath. */
enum Work {
  SUBMISSIONS(10),
  STAMPS(5),
  FOREIGN_EVENTS(5);

  private final int progress;

  Work(int progress) {
    this.progress = progress;
  }

  int progress() {
    return progress;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
