// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import dev.omnibridge.testkit.FaultProxy;
import java.util.List;

/** A process of the world that can be struck; used by one thread at a time. */
interface Inhabitant extends AutoCloseable {
  /** SIGKILL. */
  void kill() throws Exception;

  /** SIGTERM, until it is gone. */
  void terminate() throws Exception;

  /** Starts it again where it was, on what it left; it may not serve yet. */
  void start() throws Exception;

  /** SIGSTOP. */
  void pause() throws Exception;

  /** SIGCONT. */
  void wake() throws Exception;

  /** Whether it serves now. */
  boolean serves() throws Exception;

  /** What everybody else goes through to reach it. */
  FaultProxy entrance();

  /** When it ended though nobody ended it, one line each. */
  List<String> endedByItself();

  @Override
  void close() throws Exception;
}
