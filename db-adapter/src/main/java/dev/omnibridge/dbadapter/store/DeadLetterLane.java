// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.log.EditedRecord;
import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.dbadapter.log.Outgoing.Header;
import dev.omnibridge.dbadapter.log.RecordHeaders;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The dead letters that are not published yet: key, value and headers as they were, and behind them
 * the headers by which Kafka Connect tells why. A letter is published whatever people have decided
 * on it meanwhile: who follows the topic sees every letter there ever was.
 */
public final class DeadLetterLane implements OutboxLane {
  /** Stands for the dead letters in the table of lanes. */
  private static final int LANE = -1;

  private static final String CONNECT = "__connect.errors.";
  private static final String TOO_LARGE = "too large";

  private static final String READ =
      Page.question(
          """
          id, consumer, partition, record_offset, topic, record_key, record_value,
          headers::text as headers, error_class, error_reason, error_message, dead_at, attempts,
          redrive_count
          """,
          "dead_letters where published_at is null",
          DeadLetterRows.RECORD_SIZE,
          "id",
          "least($1, 50)");

  private static final String MARK =
      """
      with held as (
        update outbox_lanes set lease_until = %s where lane = -1 and owner = $2 returning lane)
      update dead_letters set published_at = now()
       where id = any($1::bigint[]) and exists (select from held)
      """
          .formatted(Lease.RENEWED);

  private final Pool pool;
  private final UUID owner;
  private final Lease lease;

  public DeadLetterLane(Pool pool, UUID owner) {
    this.pool = pool;
    this.owner = owner;
    this.lease = new Lease(pool, LANE, owner);
  }

  @Override
  public int lane() {
    return LANE;
  }

  @Override
  public Future<Boolean> hold() {
    return lease.hold().map(held -> held.isPresent());
  }

  @Override
  public Future<List<Outgoing>> next(int most) {
    return pool.preparedQuery(READ)
        .execute(Tuple.of(most))
        .map(rows -> {
          var letters = new ArrayList<Outgoing>(rows.size());
          rows.forEach(row -> letters.add(outgoing(row)));
          return letters;
        });
  }

  /**
   * Rather without the largest of its value, headers and key, which its row has, than not at all,
   * for every later letter waits behind it. One that is refused still comes here again.
   */
  @Override
  public Optional<Outgoing> insteadOf(Outgoing tooLarge) {
    List<Header> all = tooLarge.headers();
    // Ours come last, so that they begin at the last one of this name.
    int ours = all.stream().map(Header::key).toList().lastIndexOf(CONNECT + "topic");
    List<Header> theirs = all.subList(0, ours);
    int headers = theirs.stream().mapToInt(DeadLetterLane::size).sum();
    byte @Nullable [] key = tooLarge.key();
    byte @Nullable [] value = tooLarge.value();
    int largest = Math.max(Math.max(size(value), headers), size(key));
    if (largest == 0) {
      return Optional.empty();
    }
    if (largest == size(value)) {
      return without(EditedRecord.VALUE_OMITTED, tooLarge, key, null, all);
    }
    if (largest == headers) {
      var rest = new ArrayList<>(all.subList(ours, all.size()));
      rest.addAll(omittedBefore(theirs));
      return without(EditedRecord.HEADERS_OMITTED, tooLarge, key, value, rest);
    }
    return without(EditedRecord.KEY_OMITTED, tooLarge, null, value, all);
  }

  private static Optional<Outgoing> without(
      String what,
      Outgoing whole,
      byte @Nullable [] key,
      byte @Nullable [] value,
      List<Header> headers) {
    var told = new ArrayList<>(headers);
    told.add(header(what, TOO_LARGE));
    return Optional.of(new Outgoing(whole.position(), whole.topic(), key, value, told));
  }

  /** Also that its row is without a part is told by headers, of which only these are kept. */
  private static List<Header> omittedBefore(List<Header> theirs) {
    Set<String> names = theirs.stream().map(Header::key).collect(Collectors.toSet());
    return EditedRecord.OMITTED.stream()
        .filter(name -> names.contains(name) && !name.equals(EditedRecord.HEADERS_OMITTED))
        .map(name -> header(name, TOO_LARGE))
        .toList();
  }

  private static int size(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  private static int size(Header header) {
    return 1 + header.key().length() + size(header.value());
  }

  private static Outgoing outgoing(Row row) {
    List<Header> headers = RecordHeaders.toKafka(row.getString("headers"));
    add(headers, "topic", row.getString("topic"));
    add(headers, "partition", row.getInteger("partition").toString());
    add(headers, "offset", row.getLong("record_offset").toString());
    add(headers, "connector.name", row.getString("consumer"));
    add(headers, "task.id", "0");
    add(headers, "stage", "TASK_PUT");
    add(headers, "class.name", "dev.omnibridge." + row.getString("consumer"));
    add(headers, "exception.class.name", row.getString("error_reason"));
    add(headers, "exception.message", row.getString("error_message"));
    add(headers, "exception.stacktrace", "");
    headers.add(header("error_class", row.getString("error_class")));
    headers.add(header("error_reason", row.getString("error_reason")));
    headers.add(
        header("first_failure_time", row.getOffsetDateTime("dead_at").toInstant().toString()));
    headers.add(header("attempt", row.getInteger("attempts").toString()));
    headers.add(header("redrive_count", row.getInteger("redrive_count").toString()));
    return new Outgoing(
        row.getLong("id"),
        row.getString("topic") + ".dlq",
        bytes(row.getBuffer("record_key")),
        bytes(row.getBuffer("record_value")),
        headers);
  }

  private static void add(List<Header> headers, String name, String value) {
    headers.add(header(CONNECT + name, value));
  }

  private static Header header(String key, String value) {
    return new Header(key, value.getBytes(StandardCharsets.UTF_8));
  }

  private static byte @Nullable [] bytes(@Nullable Buffer buffer) {
    return buffer == null ? null : buffer.getBytes();
  }

  @Override
  public Future<Boolean> passed(List<Outgoing> published) {
    Long[] ids = published.stream().map(Outgoing::position).toArray(Long[]::new);
    return pool.preparedQuery(MARK)
        .execute(Tuple.tuple().addArrayOfLong(ids).addUUID(owner))
        .map(rows -> rows.rowCount() > 0);
  }

  @Override
  public Future<?> release() {
    return lease.release();
  }
}
