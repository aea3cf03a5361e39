// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives the tests of this JVM one PostgreSQL and one Kafka, which are made ready when first asked
 * for, and closed with the JVM.
 */
public final class Infrastructure {

  /** Where servers come from. */
  public enum Kind {
    /** Started in this JVM and as its children. */
    EMBEDDED,
    /** Started by Testcontainers. */
    CONTAINERS,
    /** Somebody else's, at given addresses. */
    EXTERNAL
  }

  private final Kind kind;
  private final Supplier<? extends Servers> start;
  private @Nullable Servers running;
  private @Nullable RuntimeException failure;
  private boolean over;

  Infrastructure(Kind kind, Supplier<? extends Servers> start) {
    this.kind = kind;
    this.start = start;
  }

  /** The one of this run. */
  public static Infrastructure chosen() {
    return Chosen.INFRASTRUCTURE;
  }

  public Kind kind() {
    return kind;
  }

  /**
   * Those that everything in this JVM shares. Who stops one of them starts it again before others
   * use it.
   *
   * @throws IllegalStateException at once when they could not be made ready before, and when the
   *     JVM ends
   */
  public synchronized Servers servers() {
    if (over) {
      throw new IllegalStateException("The JVM ends");
    }
    if (failure != null) {
      throw new IllegalStateException("The servers were not to be had before", failure);
    }
    if (running == null) {
      try {
        running = start.get();
      } catch (RuntimeException notReady) {
        failure = notReady;
        throw notReady;
      }
    }
    return running;
  }

  /** Closes them, whatever state somebody has left them in; who asks afterwards gets new ones. */
  public synchronized void close() {
    Servers closed = running;
    running = null;
    if (closed != null) {
      closed.close();
    }
  }

  /** Closes them for good. */
  synchronized void end() {
    over = true;
    close();
  }
}
