// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

/**
 * What appends may take in memory from when they are accepted until they are answered, those of all
 * writers together: they share one heap, and all of them stand still when the database does. For
 * any thread.
 */
final class AppendBudget {
  private final long most;
  private long held;

  AppendBudget(long most) {
    this.most = most;
  }

  /** False when there is no room; one by itself is taken whatever its size. */
  synchronized boolean take(long bytes) {
    if (held > 0 && held + bytes > most) {
      return false;
    }
    held += bytes;
    return true;
  }

  /** Once for what was taken, however it ended. */
  synchronized void giveBack(long bytes) {
    held -= bytes;
  }
}
