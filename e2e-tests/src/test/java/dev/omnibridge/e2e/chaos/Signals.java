// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

/** Signals to processes that Java has no method for. */
final class Signals {
  private Signals() {}

  /** Stops a process and its children, the parent first so that it makes no others meanwhile. */
  static void stop(ProcessHandle process) throws Exception {
    send("STOP", process);
  }

  static void goOn(ProcessHandle process) throws Exception {
    send("CONT", process);
  }

  private static void send(String signal, ProcessHandle process) throws Exception {
    kill(signal, process);
    for (ProcessHandle child : process.descendants().toList()) {
      kill(signal, child);
    }
  }

  /** One that is gone meanwhile needs no signal. */
  private static void kill(String signal, ProcessHandle process) throws Exception {
    var command = new ProcessBuilder("kill", "-s", signal, Long.toString(process.pid()));
    int exit = command.redirectError(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    if (exit != 0 && process.isAlive()) {
      throw new IllegalStateException("kill -s %s failed with %d".formatted(signal, exit));
    }
  }
}
