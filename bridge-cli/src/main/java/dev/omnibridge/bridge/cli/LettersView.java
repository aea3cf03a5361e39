// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.api.log.v1.DeadLetterAction;
import dev.omnibridge.api.log.v1.DeadLetterState;
import dev.omnibridge.api.log.v1.DeadLetterSummary;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.EventLine;
import dev.omnibridge.bridge.view.ProtoJson;
import dev.omnibridge.bridge.view.Table;
import dev.omnibridge.bridge.view.Table.Cell;
import java.util.List;

/** How lists of dead letters and of what was done about them are shown. */
record LettersView(Session session) {

  /** Prints letters; where there are more, the remark says how to ask for them. */
  void list(List<DeadLetterSummary> letters, String nextPageToken, String times) {
    if (session.json()) {
      ObjectNode document = session.object();
      var array = document.putArray("letters");
      letters.forEach(letter -> array.add(ProtoJson.of(letter)));
      session.document(document.put("nextPageToken", nextPageToken));
      return;
    }
    var table =
        new Table(
            session.palette(),
            ">ID",
            "GIVEN UP",
            "TOPIC",
            "TYPE",
            "CLASS",
            "REASON",
            ">REDRIVES",
            "STATE");
    for (DeadLetterSummary letter : letters) {
      table.row(
          letter.getLetterId(),
          when(letter.getFailedAt()),
          letter.getTopic(),
          letter.getEventType().isEmpty() ? "-" : EventLine.shortType(letter.getEventType()),
          letter.getErrorClass(),
          letter.getErrorReason(),
          letter.getRedriveCount(),
          state(letter.getState()));
    }
    session.table(table);
    new WorkflowView(session).more(nextPageToken, times);
  }

  /** Prints what was done. */
  void actions(List<DeadLetterAction> actions, String nextPageToken) {
    if (session.json()) {
      ObjectNode document = session.object();
      var array = document.putArray("actions");
      actions.forEach(action -> array.add(ProtoJson.of(action)));
      session.document(document.put("nextPageToken", nextPageToken));
      return;
    }
    session.table(table(actions));
    new WorkflowView(session).more(nextPageToken);
  }

  Table table(List<DeadLetterAction> actions) {
    var table = new Table(session.palette(), "WHEN", ">LETTER", "ACTION", "WHO", "WHY", "REQUEST");
    for (DeadLetterAction action : actions) {
      table.row(
          when(action.getAt()),
          action.getLetterId(),
          action.getAction(),
          action.getActor(),
          action.getReason().isEmpty() ? "-" : action.getReason(),
          action.getRequestId());
    }
    return table;
  }

  Cell when(com.google.protobuf.Timestamp time) {
    return new Cell(Amounts.dayAndTime(time, session.setting().clock()), session.palette()::dim);
  }

  /** A state without the prefix of its type. */
  static String state(DeadLetterState state) {
    return ProtoJson.shortName(state.getValueDescriptor());
  }
}
