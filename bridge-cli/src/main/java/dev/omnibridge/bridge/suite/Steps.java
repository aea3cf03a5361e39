// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /** Starts something on a directory, and says by steps how its parts are stopped. */
  interface Start<T> {
    T on(Path data, Steps steps) throws Exception;
  }

  private record Step(String name, Undo undo) {}

  /**
   * What was started on a directory, which is made if it is not there; what has begun is undone
   * when the start fails.
   *
   * @throws IllegalStateException that says what did not start
   */
  static <T> T start(Path directory, String what, Start<T> start) {
    var steps = new Steps();
    boolean started = false;
    try {
      Path data = Files.createDirectories(directory.toAbsolutePath()).toRealPath();
      T thing = start.on(data, steps);
      started = true;
      return thing;
    } catch (RuntimeException failure) {
      throw failure;
    } catch (IOException failure) {
      throw new UncheckedIOException(what + " cannot use " + directory, failure);
    } catch (Exception failure) {
      throw new IllegalStateException(what + " did not start", failure);
    } finally {
      if (!started) {
        steps.close();
      }
    }
  }

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
