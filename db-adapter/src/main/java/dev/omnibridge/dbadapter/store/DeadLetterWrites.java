// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.dbadapter.log.Epitaph;
import dev.omnibridge.dbadapter.log.RecordHeaders;
import dev.omnibridge.dbadapter.log.Times;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.List;

/** Writes dead letters, with what can be known of their records, so that they can be found. */
final class DeadLetterWrites {
  /**
   * A redrive is believed only where it is known here: its id is in a header, which anyone sets.
   */
  static final String INSERT =
      """
      insert into dead_letters
        (dead_at, consumer, cluster_id, topic_id, partition, record_offset, topic, record_key,
         record_value, headers, record_time, error_class, error_reason, error_message, attempts,
         correlation_id, event_type, redrive_id, redrive_count)
      select $1, consumer, cluster_id, topic_id, partition, record_offset, topic, record_key,
             record_value, headers::json, record_time, error_class, error_reason, error_message,
             attempts, correlation_id, event_type, r.redrive_id, coalesce(r.number, 0)
        from unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::bigint[], $7::text[],
                    $8::bytea[], $9::bytea[], $10::text[], $11::timestamptz[], $12::text[],
                    $13::text[], $14::text[], $15::int[], $16::uuid[], $17::text[], $18::uuid[])
          with ordinality
          as new(consumer, cluster_id, topic_id, partition, record_offset, topic, record_key,
                 record_value, headers, record_time, error_class, error_reason, error_message,
                 attempts, correlation_id, event_type, came_by, place)
        left join (select redrive_id, number from dead_letter_redrives) r
               on r.redrive_id = new.came_by
       order by new.place
          on conflict (consumer, cluster_id, topic_id, partition, record_offset) do nothing
      """;

  private DeadLetterWrites() {}

  private record Buried(DeadLetter letter, Epitaph epitaph) {
    static Buried of(DeadLetter letter) {
      return new Buried(letter, Epitaph.of(letter));
    }
  }

  /** The arguments of the statement for these letters, in their order. */
  static Tuple arguments(List<DeadLetter> letters, OffsetDateTime now) {
    return Columns.of(letters.stream().map(Buried::of).toList())
        .same(now)
        .text(buried -> buried.letter().getPartition().getConsumer())
        .text(buried -> buried.letter().getPartition().getClusterId())
        .text(buried -> buried.letter().getPartition().getTopicId())
        .integer(buried -> buried.letter().getPartition().getPartition())
        .bigint(buried -> buried.letter().getOffset())
        .text(buried -> buried.letter().getTopic())
        .bytes(buried -> buried.letter().hasKey() ? buried.letter().getKey() : null)
        .bytes(buried -> buried.letter().hasValue() ? buried.letter().getValue() : null)
        .text(buried -> RecordHeaders.toJson(buried.letter().getHeadersList()))
        .time(buried ->
            buried.letter().hasRecordTime() ? Times.of(buried.letter().getRecordTime()) : null)
        .text(buried -> buried.letter().getErrorClass())
        .text(buried -> buried.letter().getErrorReason())
        .text(buried -> buried.letter().getErrorMessage())
        .integer(buried -> Math.max(1, buried.letter().getAttempts()))
        .uuid(buried -> buried.epitaph().correlationId())
        .text(buried -> buried.epitaph().eventType())
        .uuid(buried -> buried.epitaph().redriveId())
        .tuple();
  }
}
