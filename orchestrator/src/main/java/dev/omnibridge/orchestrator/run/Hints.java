// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells watchers of a run in this process that it has moved. Only a hint: whoever listens reads
 * again at least every second, so one that is lost costs a second.
 */
public final class Hints {
  private static final Logger log = LoggerFactory.getLogger(Hints.class);

  private final Map<String, List<Consumer<RunRow>>> listeners = new HashMap<>();

  /** Listens to a run until the subscription is closed. */
  public Subscription listen(String runId, Consumer<RunRow> listener) {
    listeners.computeIfAbsent(runId, _ -> new ArrayList<>()).add(listener);
    return () -> stop(runId, listener);
  }

  /** How many runs are listened to. */
  public int listenedTo() {
    return listeners.size();
  }

  /** Ends listening; closing twice does no harm. */
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  private void stop(String runId, Consumer<RunRow> listener) {
    List<Consumer<RunRow>> of = listeners.get(runId);
    if (of != null && of.remove(listener) && of.isEmpty()) {
      listeners.remove(runId);
    }
  }

  void moved(RunRow row) {
    List<Consumer<RunRow>> of = listeners.get(row.run().id().value());
    if (of != null) {
      List.copyOf(of).forEach(listener -> tell(listener, row));
    }
  }

  /** A listener that breaks is no reason to break the run. */
  private static void tell(Consumer<RunRow> listener, RunRow row) {
    try {
      listener.accept(row);
    } catch (RuntimeException broken) {
      log.atWarn().setCause(broken).log("listener failed");
    }
  }
}
