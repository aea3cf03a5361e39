// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge;

import dev.omnibridge.runtime.Fault;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the command ends with, so that a script can act without reading prose. */
public enum ExitCode {
  OK(0, "done"),
  FAILED(1, "the work or the workflow failed"),
  USAGE(2, "bad usage or bad input"),
  ENVIRONMENT(3, "this machine lacks something (JDK 25, Maven), or the build failed"),
  UNREACHABLE(4, "the suite cannot be reached, or is not ready"),
  NOT_FOUND(5, "there is no such thing"),
  REFUSED(6, "refused: it conflicts with what is there"),
  TIMEOUT(7, "the time was over first");

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /** The number the process ends with. */
  public int code() {
    return code;
  }

  /** One phrase for the help. */
  public String meaning() {
    return meaning;
  }

  /** All codes with their meanings, in order, as the help shows them. */
  public static Map<String, String> table() {
    var table = new LinkedHashMap<String, String>();
    Arrays.stream(values()).forEach(exit -> table.put(Integer.toString(exit.code), exit.meaning));
    return table;
  }

  /** The code for a kind of fault. */
  public static ExitCode of(Fault.Kind kind) {
    return switch (kind) {
      case INVALID, OUT_OF_RANGE -> USAGE;
      case NOT_FOUND -> NOT_FOUND;
      case EXISTS, REFUSED, CONFLICT, EXHAUSTED -> REFUSED;
      case UNAVAILABLE -> UNREACHABLE;
      case TIMEOUT -> TIMEOUT;
      case CANCELLED, BROKEN -> FAILED;
    };
  }
}
