// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.DeadLetterAction;
import dev.omnibridge.api.log.v1.DeadLetterState;
import dev.omnibridge.api.log.v1.DeadLetterSummary;
import dev.omnibridge.api.log.v1.Redrive;
import dev.omnibridge.dbadapter.log.RecordHeaders;
import dev.omnibridge.dbadapter.log.Times;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

/** Rows about dead letters as messages. */
final class DeadLetterRows {
  /** What a summary is made of, from dead_letters. */
  static final String SUMMARY =
      """
      id, consumer, cluster_id, topic_id, partition, record_offset, topic, error_class,
      error_reason, error_message, attempts, correlation_id, event_type, state, redrive_count,
      dead_at, octet_length(record_value) as value_bytes, published_at,
      (select r.letter_id
         from (select redrive_id as came_by, letter_id from dead_letter_redrives) as r
        where r.came_by = redrive_id) as redriven_from
      """;

  /** How large the texts of a summary are. */
  static final String SUMMARY_SIZE =
      """
      octet_length(concat(error_message, topic, consumer, cluster_id, topic_id, error_class,
                          error_reason, event_type, state))
      """;

  /** What a record is made of. */
  static final String RECORD = "record_key, record_value, headers::text as headers, record_time";

  /** What a redrive is made of, from dead_letter_redrives r. */
  static final String REDRIVE =
      """
      r.redrive_id, r.letter_id, r.request_id, r.number, r.target_topic, r.value_edited, r.value,
      r.headers::text as headers, r.queued_at, r.published_at, r.refused_at, r.refusal,
      array(select c.id from dead_letters c where c.redrive_id = r.redrive_id order by c.id)
        as returned_as
      """;

  private static final String STATE_PREFIX = "DEAD_LETTER_STATE_";

  private DeadLetterRows() {}

  static DeadLetterSummary summary(Row row) {
    var letter =
        DeadLetterSummary.newBuilder()
            .setLetterId(row.getLong("id"))
            .setPartition(partition(row))
            .setTopic(row.getString("topic"))
            .setOffset(row.getLong("record_offset"))
            .setErrorClass(row.getString("error_class"))
            .setErrorReason(row.getString("error_reason"))
            .setErrorMessage(row.getString("error_message"))
            .setAttempts(row.getInteger("attempts"))
            .setState(DeadLetterState.valueOf(STATE_PREFIX + row.getString("state")))
            .setRedriveCount(row.getInteger("redrive_count"))
            .setFailedAt(Times.of(row.getOffsetDateTime("dead_at")));
    UUID correlation = row.getUUID("correlation_id");
    if (correlation != null) {
      letter.setCorrelationId(correlation.toString());
    }
    String type = row.getString("event_type");
    if (type != null) {
      letter.setEventType(type);
    }
    Integer bytes = row.getInteger("value_bytes");
    if (bytes != null) {
      letter.setValueBytes(bytes);
    }
    OffsetDateTime published = row.getOffsetDateTime("published_at");
    if (published != null) {
      letter.setPublishedAt(Times.of(published));
    }
    Long from = row.getLong("redriven_from");
    if (from != null) {
      letter.setRedrivenFrom(from);
    }
    return letter.build();
  }

  private static ConsumerPartition partition(Row row) {
    return ConsumerPartition.newBuilder()
        .setConsumer(row.getString("consumer"))
        .setClusterId(row.getString("cluster_id"))
        .setTopicId(row.getString("topic_id"))
        .setPartition(row.getInteger("partition"))
        .build();
  }

  /** From the columns of a summary and of a record. */
  static DeadLetter record(Row row) {
    var letter =
        DeadLetter.newBuilder()
            .setPartition(partition(row))
            .setTopic(row.getString("topic"))
            .setOffset(row.getLong("record_offset"))
            .addAllHeaders(RecordHeaders.toMessages(row.getString("headers")))
            .setErrorClass(row.getString("error_class"))
            .setErrorReason(row.getString("error_reason"))
            .setErrorMessage(row.getString("error_message"))
            .setAttempts(row.getInteger("attempts"));
    Buffer key = row.getBuffer("record_key");
    if (key != null) {
      letter.setKey(ByteString.copyFrom(key.getBytes()));
    }
    Buffer value = row.getBuffer("record_value");
    if (value != null) {
      letter.setValue(ByteString.copyFrom(value.getBytes()));
    }
    OffsetDateTime time = row.getOffsetDateTime("record_time");
    if (time != null) {
      letter.setRecordTime(Times.of(time));
    }
    return letter.build();
  }

  static Redrive redrive(Row row) {
    var redrive =
        Redrive.newBuilder()
            .setRedriveId(row.getUUID("redrive_id").toString())
            .setLetterId(row.getLong("letter_id"))
            .setRequestId(row.getUUID("request_id").toString())
            .setNumber(row.getInteger("number"))
            .setTargetTopic(row.getString("target_topic"))
            .setValueEdited(row.getBoolean("value_edited"))
            .setQueuedAt(Times.of(row.getOffsetDateTime("queued_at")))
            .addAllReturnedAs(List.of(row.getArrayOfLongs("returned_as")));
    Buffer value = row.getBuffer("value");
    if (value != null) {
      redrive.setValue(ByteString.copyFrom(value.getBytes()));
    }
    String headers = row.getString("headers");
    if (headers != null) {
      redrive.setHeadersEdited(true).addAllHeaders(RecordHeaders.toMessages(headers));
    }
    OffsetDateTime published = row.getOffsetDateTime("published_at");
    if (published != null) {
      redrive.setPublishedAt(Times.of(published));
    }
    OffsetDateTime refused = row.getOffsetDateTime("refused_at");
    if (refused != null) {
      redrive.setRefusedAt(Times.of(refused)).setRefusal(row.getString("refusal"));
    }
    return redrive.build();
  }

  static DeadLetterAction action(Row row) {
    return DeadLetterAction.newBuilder()
        .setActionId(row.getLong("action_id"))
        .setLetterId(row.getLong("letter_id"))
        .setAction(row.getString("action"))
        .setActor(row.getString("actor"))
        .setReason(row.getString("reason"))
        .setAt(Times.of(row.getOffsetDateTime("at")))
        .setRequestId(row.getUUID("request_id").toString())
        .setDetails(row.getString("details"))
        .build();
  }
}
