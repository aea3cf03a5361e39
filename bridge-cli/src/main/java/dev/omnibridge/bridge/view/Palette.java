// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.view;

import dev.omnibridge.api.workflow.v1.WorkflowState;
import java.util.function.UnaryOperator;

/** Colours for a terminal, or none at all. */
public record Palette(boolean on) {

  public String bold(String text) {
    return paint("1", text);
  }

  public String dim(String text) {
    return paint("2", text);
  }

  public String red(String text) {
    return paint("31", text);
  }

  public String green(String text) {
    return paint("32", text);
  }

  public String yellow(String text) {
    return paint("33", text);
  }

  public String cyan(String text) {
    return paint("36", text);
  }

  /** The colour of a workflow's state. */
  public UnaryOperator<String> of(WorkflowState state) {
    return switch (state) {
      case WORKFLOW_STATE_COMPLETED -> this::green;
      case WORKFLOW_STATE_FAILED, WORKFLOW_STATE_TERMINATED -> this::red;
      case WORKFLOW_STATE_CANCELLED, WORKFLOW_STATE_WAITING, WORKFLOW_STATE_PAUSED -> this::yellow;
      case WORKFLOW_STATE_PENDING,
          WORKFLOW_STATE_RUNNING,
          WORKFLOW_STATE_UNSPECIFIED,
          UNRECOGNIZED ->
          this::cyan;
    };
  }

  private String paint(String code, String text) {
    return on ? "\033[" + code + "m" + text + "\033[0m" : text;
  }
}
