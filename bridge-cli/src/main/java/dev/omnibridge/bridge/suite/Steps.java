// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be undone, the last first. A step that fails is logged and does not keep the others
 * from being done. Used by one thread at a time.
 */
final class Steps {
  private static final Logger log = LoggerFactory.getLogger(Steps.class);

  private final Deque<Step> steps = new ArrayDeque<>();

  /** Undoes one thing, within a limit of its own. */
  interface Undo {
    void run() throws Exception;
  }

  private record Step(String name, Undo undo) {}

  void onClose(String name, Undo undo) {
    steps.push(new Step(name, undo));
  }

  void close() {
    while (!steps.isEmpty()) {
      Step step = steps.pop();
      try {
        step.undo().run();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      } catch (Exception unclean) {
        log.atWarn().setCause(unclean).addKeyValue("step", step.name()).log("stop was not clean");
      }
    }
  }
}
