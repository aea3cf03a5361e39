// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The end of several things, of which one that does not close keeps no other one open. */
public final class Closing {
  private Closing() {}

  /**
   * Closes each, in this order; those that were never made are null.
   *
   * @throws Exception the first failure, which has those after it as suppressed
   */
  public static void all(@Nullable AutoCloseable... parts) throws Exception {
    var failures = new ArrayList<Throwable>();
    for (AutoCloseable part : parts) {
      close(part, failures);
    }
    raise(failures);
  }

  /**
   * Closes all at the same time, and returns when the last one is closed.
   *
   * @throws Exception the first failure, which has those after it as suppressed
   */
  public static void atOnce(List<? extends AutoCloseable> parts) throws Exception {
    var failures = new ConcurrentLinkedQueue<Throwable>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      parts.forEach(part -> threads.execute(() -> close(part, failures)));
    }
    raise(failures);
  }

  private static void close(@Nullable AutoCloseable part, Collection<Throwable> failures) {
    try {
      if (part != null) {
        part.close();
      }
    } catch (Throwable failure) {
      // Of whatever kind: in a thread of its own nobody else would be told.
      failures.add(failure);
    }
  }

  private static void raise(Collection<Throwable> failures) throws Exception {
    var all = List.copyOf(failures);
    if (!all.isEmpty()) {
      Throwable first = all.getFirst();
      all.subList(1, all.size()).forEach(first::addSuppressed);
      switch (first) {
        case Exception failure -> throw failure;
        default -> throw (Error) first;
      }
    }
  }

  /** Closes something after a failure that is told in any case. */
  static void after(Throwable failure, AutoCloseable part) {
    try {
      part.close();
    } catch (Throwable another) {
      failure.addSuppressed(another);
    }
  }
}
