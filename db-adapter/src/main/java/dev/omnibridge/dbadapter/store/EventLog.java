// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.dbadapter.log.Append;
import dev.omnibridge.dbadapter.log.Append.StreamWrite;
import dev.omnibridge.dbadapter.log.Appends;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The one door to the log. Each writer commits for its share of the lanes, so that the lanes of one
 * do not wait for the disk on behalf of another; an append over several shares goes through the
 * first. All of them lock lanes in ascending order. Lives on one Vert.x context.
 */
public final class EventLog {
  private static final int REMEMBERED = 65_536;

  /**
   * Of a heap of 256 MiB, beside what the inbox holds. More than any one request takes: 4 MiB of
   * the smallest events are 28 MiB here.
   */
  private static final long APPEND_BYTES = 48L << 20;

  private static final long LOOK_MILLIS = 1_000;

  private final Appends appends;
  private final AppendBudget budget = new AppendBudget(APPEND_BYTES);
  private final List<LogWriter> writers = new ArrayList<>();
  private final List<WriterConnection> connections = new ArrayList<>();
  private final LogWriter inbox;
  private final BooleanSupplier looking;

  /** Lanes of streams that are not in the lane of their name; only a hint, the database decides. */
  private final Map<UUID, Integer> elsewhere =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Integer> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Committed hears after every commit which lanes have moved. */
  public EventLog(
      Vertx vertx,
      Database database,
      Pool pool,
      Appends appends,
      int writers,
      Consumer<Set<Integer>> committed) {
    this.appends = appends;
    for (int i = 0; i < writers; i++) {
      this.writers.add(writer(vertx, database, pool, committed, true));
    }
    this.inbox = writer(vertx, database, pool, _ -> {}, false);
    long timer = vertx.setPeriodic(LOOK_MILLIS, _ -> this.writers.forEach(LogWriter::look));
    this.looking = () -> vertx.cancelTimer(timer);
  }

  private LogWriter writer(
      Vertx vertx,
      Database database,
      Pool pool,
      Consumer<Set<Integer>> committed,
      boolean durable) {
    var connection = new WriterConnection(database, durable);
    connections.add(connection);
    return new LogWriter(vertx, connection, database.breaker(), pool, committed, budget);
  }

  /** Appends; durable when the future succeeds. Dropped when abandoned before its turn. */
  public Future<AppendResponse> append(AppendRequest request, BooleanSupplier abandoned) {
    Append append = located(appends.read(request));
    return writer(append).append(append, abandoned).onSuccess(answer -> remember(append, answer));
  }

  /**
   * Appends what became of records from Kafka that are beyond help: letters and positions are lost
   * together if the machine fails before they are on disk, and Kafka still has the records.
   */
  public Future<AppendResponse> take(Append append) {
    return inbox.append(append, () -> false);
  }

  private Append located(Append append) {
    boolean moved = append.streams().stream().anyMatch(write -> elsewhere.containsKey(write.key()));
    return moved
        ? append.withStreams(append.streams().stream().map(this::located).toList())
        : append;
  }

  private StreamWrite located(StreamWrite write) {
    return write.in(elsewhere.getOrDefault(write.key(), write.lane()));
  }

  private void remember(Append append, AppendResponse answer) {
    for (int i = 0; i < answer.getStreamsCount(); i++) {
      StreamWrite write = append.streams().get(i);
      int lane = answer.getStreams(i).getLane();
      if (lane != write.lane()) {
        elsewhere.put(write.key(), lane);
      }
    }
  }

  private LogWriter writer(Append append) {
    Set<Integer> shares =
        append.streams().stream()
            .map(write -> write.lane() % writers.size())
            .collect(Collectors.toSet());
    return writers.get(shares.size() == 1 ? shares.iterator().next() : 0);
  }

  /**
   * False while appends are refused because the database is away, which an append finds out, or,
   * where there is none, a look every second.
   */
  public boolean available() {
    return writers.stream().allMatch(LogWriter::available);
  }

  public Future<?> close() {
    boolean unused = looking.getAsBoolean();
    return Future.join(connections.stream().map(WriterConnection::close).toList());
  }
}
