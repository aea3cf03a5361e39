// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

/**
 * Closing work that is bounded by itself. A thread that was interrupted is often the very one that
 * closes; it must not leave a server running for that.
 */
final class Uninterrupted {
  private Uninterrupted() {}

  /** Puts an interrupt aside for the time of the work. */
  static void run(Runnable work) {
    var interrupted = Thread.interrupted();
    try {
      work.run();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
