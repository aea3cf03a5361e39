// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.DeadLetterPart;
import dev.omnibridge.api.log.v1.DeadLetterSummary;
import dev.omnibridge.api.log.v1.GetDeadLetterResponse;
import dev.omnibridge.api.log.v1.RecordHeader;
import dev.omnibridge.api.log.v1.Redrive;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.OneLine;
import dev.omnibridge.bridge.view.ProtoJson;
import java.util.Locale;
import java.util.stream.Collectors;

/** How one dead letter is shown, its bytes in the form that is wanted. */
record LetterView(Session session, BytesForm form) {
  private static final String TOO_LARGE = "too large for an answer";
  private static final String PART = "DEAD_LETTER_PART_";

  void show(GetDeadLetterResponse found) {
    if (session.json()) {
      session.document(document(found));
      remarkOmitted(found);
      return;
    }
    summary(found.getLetter());
    record(found);
    if (omits(found, DeadLetterPart.DEAD_LETTER_PART_REDRIVES)) {
      line("redrive", "not all are told, or not all that they changed");
    }
    found.getRedrivesList().forEach(this::redrive);
    if (found.getActionsCount() > 0) {
      session.line("");
      session.table(new LettersView(session).table(found.getActionsList()));
    }
    if (omits(found, DeadLetterPart.DEAD_LETTER_PART_ACTIONS)) {
      session.remark(
          "there are older ones: ./bridge dead-letters history " + found.getLetter().getLetterId());
    }
  }

  /** Null in the document would otherwise be taken for what the record had. */
  private void remarkOmitted(GetDeadLetterResponse found) {
    if (found.getOmittedCount() > 0) {
      session.remark(
          "left out, too large for an answer: "
              + found.getOmittedList().stream()
                  .map(part -> part.name().replace(PART, "").toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining(", ")));
    }
  }

  private static boolean omits(GetDeadLetterResponse found, DeadLetterPart part) {
    return found.getOmittedList().contains(part);
  }

  /** As the messages are, and beside the base64 of the bytes what they say. */
  private ObjectNode document(GetDeadLetterResponse found) {
    ObjectNode document = ProtoJson.of(found);
    DeadLetter record = found.getRecord();
    if (record.hasKey()) {
      document.put("keyText", form.show(record.getKey()));
    }
    if (record.hasValue()) {
      document.put("valueText", form.show(record.getValue()));
    }
    return document;
  }

  private void summary(DeadLetterSummary letter) {
    line("letter", letter.getLetterId() + "  " + LettersView.state(letter.getState()));
    line(
        "record",
        "%s, partition %d, offset %d"
            .formatted(
                letter.getTopic(), letter.getPartition().getPartition(), letter.getOffset()));
    line(
        "given up",
        "%s by %s after %d attempt(s)"
            .formatted(
                Amounts.dayAndTime(letter.getFailedAt(), session.setting().clock()),
                letter.getPartition().getConsumer(),
                letter.getAttempts()));
    line(
        "why",
        "%s %s: %s"
            .formatted(letter.getErrorClass(), letter.getErrorReason(), letter.getErrorMessage()));
    if (!letter.getEventType().isEmpty()) {
      line("type", letter.getEventType());
    }
    if (!letter.getCorrelationId().isEmpty()) {
      line("correlation", letter.getCorrelationId());
    }
    if (letter.getRedrivenFrom() != 0) {
      line(
          "came from",
          "letter %d, redrive %d of its record"
              .formatted(letter.getRedrivenFrom(), letter.getRedriveCount()));
    }
  }

  private void record(GetDeadLetterResponse found) {
    DeadLetter record = found.getRecord();
    String noKey = omits(found, DeadLetterPart.DEAD_LETTER_PART_KEY) ? TOO_LARGE : "null";
    line("key", record.hasKey() ? form.showInLine(record.getKey()) : noKey);
    if (omits(found, DeadLetterPart.DEAD_LETTER_PART_HEADERS)) {
      line("headers", TOO_LARGE);
    }
    for (RecordHeader header : record.getHeadersList()) {
      line("header", header.getKey() + " = " + value(header));
    }
    String noValue =
        omits(found, DeadLetterPart.DEAD_LETTER_PART_VALUE)
            ? Amounts.bytes(found.getLetter().getValueBytes()) + ", " + TOO_LARGE
            : "null";
    if (record.hasValue()) {
      ByteString value = record.getValue();
      String shown = form.show(value);
      line("value", Amounts.bytes(value.size()) + ", " + form.fitting(value));
      session.line(shown);
    } else {
      line("value", noValue);
    }
  }

  private String value(RecordHeader header) {
    return header.hasValue() ? BytesForm.AUTO.showInLine(header.getValue()) : "null";
  }

  private void redrive(Redrive redrive) {
    String changed =
        (redrive.getValueEdited() ? ", value changed" : "")
            + (redrive.getHeadersEdited() ? ", headers changed" : "");
    String gone =
        redrive.hasPublishedAt()
            ? "published " + Amounts.dayAndTime(redrive.getPublishedAt(), session.setting().clock())
            : redrive.hasRefusedAt() ? "refused, " + redrive.getRefusal() : "not published yet";
    String back =
        redrive.getReturnedAsCount() == 0
            ? ""
            : ", came back as "
                + redrive.getReturnedAsList().stream()
                    .map(String::valueOf)
                    .collect(Collectors.joining(", "));
    line("redrive", "%d: %s%s%s".formatted(redrive.getNumber(), gone, changed, back));
  }

  private void line(String what, String text) {
    session.line(session.palette().dim("%-12s".formatted(what)) + OneLine.of(text));
  }
}
