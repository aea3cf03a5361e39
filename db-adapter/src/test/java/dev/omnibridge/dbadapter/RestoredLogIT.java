// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.api.log.v1.GetPositionsRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.testkit.TestKafka;
import dev.omnibridge.testkit.TestPostgres;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A log whose database was replaced by an older copy of it, and the Kafka that has the rest. */
class RestoredLogIT {
  private static final String TYPE = "dev.omnibridge.workflow.";
  private final List<RunningDbAdapter> adapters = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private String environment;

  @SuppressWarnings("NullAway.Init")
  private TestPostgres.Database database;

  @BeforeEach
  void prepare() {
    environment = TestKafka.uniquePrefix() + "env";
    database = MigratedDatabase.fresh();
  }

  @AfterEach
  void closeAdapters() {
    adapters.forEach(RunningDbAdapter::close);
    adapters.clear();
  }

  private RunningDbAdapter start(TestPostgres.Database on) {
    var adapter =
        RunningDbAdapter.start(
            on,
            config ->
                Given.on(
                    config,
                    environment,
                    TestKafka.bootstrapServers(),
                    config.inbox(),
                    config.outbox()));
    adapters.add(adapter);
    return adapter;
  }

  private void stop(RunningDbAdapter adapter) {
    await()
        .atMost(60, SECONDS)
        .untilAsserted(
            () -> assertThat(adapter.verticle().backlog().await(30, SECONDS).events()).isZero());
    adapter.close();
    adapters.remove(adapter);
  }

  private TestPostgres.Database copy() {
    return MigratedDatabase.copy(database, database.name() + "_backup_" + System.nanoTime());
  }

  private static AppendResponse append(RunningDbAdapter adapter, AppendRequest request) {
    return LogServiceGrpc.newBlockingStub(adapter.channel())
        .withDeadlineAfter(30, SECONDS)
        .append(request);
  }

  private static List<RecordedEvent> read(RunningDbAdapter adapter, StreamName stream) {
    return LogServiceGrpc.newBlockingStub(adapter.channel())
        .withDeadlineAfter(30, SECONDS)
        .readStream(ReadStreamRequest.newBuilder().setStream(stream).build())
        .getEventsList();
  }

  private static NewEvent event(StreamName run, String type, ObjectNode payload) {
    UUID id = Given.id();
    var now = Given.now();
    payload.put("namespace", "default").put("workflow_id", "wf-" + run.getId());
    payload.put("run_id", run.getId());
    var envelope =
        new Envelope(
            id,
            TYPE + type,
            Instant.ofEpochSecond(now.getSeconds(), now.getNanos()),
            "test",
            "default",
            null,
            null,
            null,
            "workflow/default/" + run.getId(),
            payload);
    return NewEvent.newBuilder()
        .setEventId(id.toString())
        .setType(TYPE + type)
        .setOccurredAt(now)
        .setBody(ByteString.copyFrom(envelope.toJson()))
        .build();
  }

  private static NewEvent started(StreamName run) {
    return event(
        run,
        "started.v1",
        payload()
            .put("workflow_type", "examples/hello")
            .put("definition_hash", Given.HASH)
            .put("state", "PENDING")
            .set("input", payload().put("b", 1).put("a", "x")));
  }

  private static NewEvent moved(StreamName run, String from, String to) {
    return event(run, "state-transition.v1", payload().put("from_state", from).put("to_state", to));
  }

  private static ObjectNode payload() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static AppendRequest begin(StreamName run) {
    return Given.append(
            StreamAppend.newBuilder()
                .setStream(run)
                .setExpectNone(true)
                .addEvents(started(run))
                .addEvents(moved(run, "PENDING", "RUNNING"))
                .build())
        .addRows(Given.workflow(Given.row(run, 2)))
        .addClaims(Given.claim(run, "wf-" + run.getId()))
        .build();
  }

  private static AppendRequest end(StreamName run) {
    var done = payload().put("processing_time_ms", 5);
    done.set("output", payload().put("answer", 42));
    return Given.append(
            StreamAppend.newBuilder()
                .setStream(run)
                .setExpectedVersion(2)
                .addEvents(moved(run, "RUNNING", "COMPLETED"))
                .addEvents(event(run, "completed.v1", done))
                .build())
        .addRows(Given.workflow(Given.row(run, 4)))
        .build();
  }

  private static void newEpoch(TestPostgres.Database on, boolean fromKafka) throws SQLException {
    try (var connection = on.connect();
        var call = connection.prepareStatement("select start_log_epoch('a test', ?)")) {
      call.setBoolean(1, fromKafka);
      assertThat(call.executeQuery().next()).isTrue();
    }
  }

  private static String text(TestPostgres.Database on, String sql) throws SQLException {
    try (var connection = on.connect();
        ResultSet rows = connection.createStatement().executeQuery(sql)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "(no row)";
    }
  }

  private static void execute(TestPostgres.Database on, String sql) throws SQLException {
    try (var connection = on.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void shouldAppendAgainWhatOnlyKafkaHas() throws SQLException {
    StreamName early = Given.run();
    StreamName late = Given.run();
    StreamName finished = Given.run();
    var before = start(database);
    AppendResponse unused = append(before, begin(early));
    stop(before);
    TestPostgres.Database backup = copy();
    var after = start(database);
    AppendRequest repeated = end(early);
    unused = append(after, repeated);
    unused = append(after, begin(late));
    unused = append(after, begin(finished));
    unused = append(after, end(finished));
    List<List<RecordedEvent>> lost =
        List.of(read(after, early), read(after, late), read(after, finished));
    stop(after);

    newEpoch(backup, true);
    var restored = start(backup);

    assertThat(List.of(early, late, finished))
        .extracting(run -> without(read(restored, run)))
        .isEqualTo(lost.stream().map(RestoredLogIT::without).toList());
    assertThat(read(restored, early)).extracting(RecordedEvent::getEpoch).startsWith(1L, 1L);
    assertThat(read(restored, early).getLast().getEpoch()).isGreaterThan(1_700_000_000_000L);
    assertThat(append(restored, repeated).getStreams(0).getVersion()).isEqualTo(4);
    assertThat(append(restored, end(late)).getStreams(0).getEpoch())
        .isGreaterThan(1_700_000_000_000L);
    assertThat(
            text(
                backup,
                "select string_agg(current_state || finished || version, ' ' order by run_id)"
                    + " from workflow_executions where run_id in ('%s', '%s')"
                        .formatted(early.getId(), finished.getId())))
        .isEqualTo("COMPLETEDtrue4 COMPLETEDtrue4");
    assertThat(
            text(
                backup,
                "select kafka || (outcome ->> 'recovered') || (outcome ->> 'runs') from log_epochs"))
        .isEqualTo("RECONCILED83");
    assertThat(text(backup, "select count(*) from workflows")).isEqualTo("3");
  }

  @Test
  void shouldCompareAnewWhenTheDatabaseIsLostMeanwhile() throws SQLException {
    StreamName run = Given.run();
    stop(start(database));
    TestPostgres.Database backup = copy();
    var after = start(database);
    AppendResponse unused = append(after, begin(run));
    stop(after);
    newEpoch(backup, true);
    // The sequence keeps its value when all else is undone, so only the first one is cut off.
    execute(
        backup,
        """
        create sequence tries;
        create function cut_off() returns trigger language plpgsql as $$
        begin
          perform pg_terminate_backend(pg_backend_pid()) where nextval('tries') = 1;
          return new;
        end $$;
        create trigger cut_off before update on log_epochs
          for each row execute function cut_off()
        """);

    var restored = start(backup);

    assertThat(read(restored, run)).hasSize(2);
    assertThat(text(backup, "select last_value from tries")).isEqualTo("2");
  }

  @Test
  void shouldTellARunWhoseDefinitionIsLost() throws SQLException {
    StreamName late = Given.run();
    var before = start(database);
    AppendResponse unused = append(before, begin(Given.run()));
    stop(before);
    TestPostgres.Database backup = copy();
    var after = start(database);
    unused = append(after, begin(late));
    stop(after);

    newEpoch(backup, true);
    var restored = start(backup);

    assertThat(read(restored, late)).hasSize(2);
    assertThat(
            text(
                backup,
                "select current_state || finished || (due_at <= now()) || error_message from"
                    + " workflow_executions where run_id = '%s'".formatted(late.getId())))
        .startsWith("RUNNINGfalsetrueThe definition " + Given.HASH);
    assertThat(text(backup, "select outcome ->> 'lostDefinitions' from log_epochs"))
        .contains(Given.HASH);
  }

  @Test
  void shouldLeaveOutWhatARestoreToATimeTookBack() throws SQLException {
    StreamName run = Given.run();
    var before = start(database);
    AppendResponse unused = append(before, begin(run));
    stop(before);
    TestPostgres.Database backup = copy();
    var after = start(database);
    AppendResponse lost = append(after, end(run));
    stop(after);

    newEpoch(backup, false);
    var restored = start(backup);

    assertThat(read(restored, run)).hasSize(2);
    AppendResponse anew = append(restored, end(run));
    assertThat(anew.getStreams(0).getPosition()).isEqualTo(lost.getStreams(0).getPosition());
    assertThat(anew.getStreams(0).getEpoch()).isGreaterThan(lost.getStreams(0).getEpoch());
    var told =
        LogServiceGrpc.newBlockingStub(restored.channel())
            .getPositions(
                GetPositionsRequest.newBuilder().setConsumer("x").setClusterId("y").build());
    assertThat(told.getEpochStartsList())
        .anySatisfy(start -> {
          assertThat(start.getLane()).isEqualTo(lost.getStreams(0).getLane());
          assertThat(start.getFirstPosition()).isLessThan(lost.getStreams(0).getPosition());
        });
    assertThat(text(backup, "select count(*) from events")).isEqualTo("4");
  }

  @Test
  void shouldBeginNoEpochWhileADbAdapterIsConnected() {
    var connected = start(database);

    assertThatThrownBy(() -> newEpoch(database, true)).hasMessageContaining("stop all services");
    assertThat(append(connected, begin(Given.run())).getStreams(0).getEpoch()).isEqualTo(1);
  }

  @Test
  void shouldNotBringBackWhatAnEarlierEpochLeftOut() throws SQLException {
    StreamName run = Given.run();
    var first = start(database);
    AppendResponse unused = append(first, begin(run));
    stop(first);
    TestPostgres.Database old = copy();
    TestPostgres.Database older = copy();
    first = start(database);
    unused = append(first, end(run));
    stop(first);
    newEpoch(old, false);
    var second = start(old);
    unused = append(second, end(run));
    List<RecordedEvent> kept = read(second, run);
    stop(second);

    newEpoch(older, true);
    var third = start(older);

    assertThat(without(read(third, run))).isEqualTo(without(kept));
  }

  /** An event apart from what the log says of when and where it holds it. */
  private static List<RecordedEvent> without(List<RecordedEvent> events) {
    assertThat(new TreeSet<>(events.stream().map(RecordedEvent::getVersion).toList()))
        .hasSize(events.size());
    return events.stream()
        .map(event -> event.toBuilder().clearRecordedAt().clearEpoch().clearPosition().build())
        .toList();
  }
}
