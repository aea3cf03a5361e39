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
import dev.omnibridge.runtime.rpc.Edge;
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

  /** How large a record is, headers as they are written in the database. */
  static final String RECORD_SIZE =
      """
      coalesce(octet_length(record_key), 0) + coalesce(octet_length(record_value), 0)
      + octet_length(headers::text)
      """;

  /** What a record is made of, without its largest parts where no message could hold it. */
  static final String RECORD_THAT_FITS =
      """
      case when %1$s then record_key end as record_key, %1$s as key_fits,
      case when %2$s then headers::text else '[]' end as headers, %2$s as headers_fit,
      case when %3$s then record_value end as record_value, %3$s as value_fits,
      record_time
      """
          .formatted(
              fits("key", "headers", "value"),
              fits("headers", "key", "value"),
              fits("value", "key", "headers"));

  /**
   * The letter $1 with the sizes of its record's parts. Of the text of headers three quarters
   * count, for it has their values in base64; what it has beside them, 17 bytes a header, is more
   * than a message needs, unless their names are long. Offset 0 has each size be computed once.
   */
  static final String SIZED =
      """
      (select *, coalesce(octet_length(record_key), 0) as bytes_of_key,
              octet_length(headers::text) / 4 * 3 as bytes_of_headers,
              coalesce(octet_length(record_value), 0) as bytes_of_value
         from dead_letters where id = $1 offset 0) as letter
      """;

  /** What a redrive is made of, from dead_letter_redrives. */
  static final String REDRIVE =
      """
      redrive_id, letter_id, request_id, number, target_topic, value_edited, value,
      headers::text as headers, queued_at, published_at, refused_at, refusal,
      array(select c.id from (select id, redrive_id as came_by from dead_letters) as c
             where c.came_by = redrive_id order by c.id limit 100) as returned_as
      """;

  static final String REDRIVE_SIZE =
      "coalesce(octet_length(value), 0) + coalesce(octet_length(headers::text), 0)";

  private static final String STATE_PREFIX = "DEAD_LETTER_STATE_";

  private DeadLetterRows() {}

  /** Whether there is room for a part, and for those that are no larger. */
  private static String fits(String part, String other, String another) {
    return """
    bytes_of_%1$s
      + case when bytes_of_%2$s <= bytes_of_%1$s then bytes_of_%2$s else 0 end
      + case when bytes_of_%3$s <= bytes_of_%1$s then bytes_of_%3$s else 0 end <= %4$d\
    """
        .formatted(part, other, another, Edge.MAX_MESSAGE_BYTES);
  }

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
