// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

/**
 * Work that is bounded by itself and must not be left half done: to start a server, to close it, to
 * put things back. A thread that was interrupted is often the very one that has to do it.
 */
public final class Uninterrupted {
  private Uninterrupted() {}

  /** Work that may fail in a way of its own. */
  public interface Work<F extends Exception> {
    void run() throws F;
  }

  /** The same, with a result. */
  public interface Question<T, F extends Exception> {
    T ask() throws F;
  }

  /** Puts an interrupt aside for the time of the work. */
  public static <F extends Exception> void run(Work<F> work) throws F {
    var unused =
        Uninterrupted.<Boolean, F>ask(() -> {
          work.run();
          return true;
        });
  }

  /** The same, with a result. */
  public static <T, F extends Exception> T ask(Question<T, F> question) throws F {
    var interrupted = Thread.interrupted();
    try {
      return question.ask();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
