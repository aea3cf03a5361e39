// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.bridge.view.ProtoJson;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the state of a workflow as people write it: {@code running}. */
final class StateConverter implements ITypeConverter<WorkflowState> {
  @Override
  public WorkflowState convert(String value) {
    String wanted = value.toUpperCase(Locale.ROOT);
    return states()
        .filter(state -> name(state).equals(wanted))
        .findFirst()
        .orElseThrow(() -> new TypeConversionException("it is one of " + names()));
  }

  /** The name of a state without the prefix of its type. */
  static String name(WorkflowState state) {
    return state == WorkflowState.UNRECOGNIZED
        ? "UNRECOGNIZED"
        : ProtoJson.shortName(state.getValueDescriptor());
  }

  private static String names() {
    return states().map(StateConverter::name).collect(Collectors.joining(", "));
  }

  private static Stream<WorkflowState> states() {
    return Arrays.stream(WorkflowState.values())
        .filter(state -> state != WorkflowState.UNRECOGNIZED)
        .filter(state -> state != WorkflowState.WORKFLOW_STATE_UNSPECIFIED);
  }
}
