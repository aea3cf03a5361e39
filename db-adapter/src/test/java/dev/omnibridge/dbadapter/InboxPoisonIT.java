// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.InboxHarness.event;
import static dev.omnibridge.dbadapter.InboxHarness.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.stream.Slice;
import dev.omnibridge.testkit.Seeds;
import dev.omnibridge.testkit.TestPostgres;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What no reader can find wrong, and the database refuses: alone it goes, and nothing else. */
class InboxPoisonIT {
  private static final int BATCH = 12;

  private final Seeds seeds = Seeds.fromProperty();
  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final List<String> good = new ArrayList<>();
  private final List<String> bad = new ArrayList<>();
  private long next;

  @SuppressWarnings("NullAway.Init")
  private RunningDbAdapter adapter;

  @SuppressWarnings("NullAway.Init")
  private InboxHarness inbox;

  @BeforeEach
  void start() throws SQLException {
    adapter = RunningDbAdapter.start(database, config -> config);
    inbox = new InboxHarness(adapter, database);
    inbox.execute("alter table events add constraint rule check (original_id !~ '^bad')");
  }

  @AfterEach
  void stop() {
    inbox.close();
    adapter.close();
  }

  private String good() {
    good.add("good-%04d".formatted(good.size()));
    return event(good.getLast());
  }

  private String bad() {
    bad.add(Long.toString(next));
    return event("bad-" + bad.size());
  }

  private String malformed() {
    bad.add(Long.toString(next));
    return "not json";
  }

  private void handle(List<String> values) {
    inbox.handle(slice(0, next == 0 ? -1 : next, next, values));
    next += values.size();
  }

  private void verify() throws SQLException {
    assertThat(inbox.events()).isEqualTo(good);
    assertThat(inbox.gaps()).isEmpty();
    assertThat(inbox.strings("select record_offset from dead_letters order by record_offset"))
        .isEqualTo(bad);
    assertThat(inbox.strings("select next_offset from consumer_positions"))
        .containsExactly(Long.toString(next));
  }

  @Test
  void shouldTakeOutThePoisonWhereverItStandsInABatch() throws Exception {
    for (int place = 0; place < BATCH; place++) {
      var refused = new ArrayList<String>();
      var malformed = new ArrayList<String>();
      long first = next;
      for (int i = 0; i < BATCH; i++) {
        next = first + i;
        refused.add(i == place ? bad() : good());
      }
      next = first;
      handle(refused);
      first = next;
      for (int i = 0; i < BATCH; i++) {
        next = first + i;
        malformed.add(i == place ? malformed() : good());
      }
      next = first;
      handle(malformed);
    }
    verify();
    assertThat(inbox.strings("select distinct error_reason from dead_letters order by 1"))
        .containsExactly("DATABASE_REFUSED", "ENVELOPE_MALFORMED");
  }

  @Test
  void shouldTakeOutEveryPoisonOfALargeBatch() throws Exception {
    var random = seeds.random("poison");
    for (int batch = 0; batch < 3; batch++) {
      var values = new ArrayList<String>();
      long first = next;
      for (int i = 0; i < 500; i++) {
        next = first + i;
        values.add(
            switch (random.nextInt(40)) {
              case 0 -> bad();
              case 1 -> malformed();
              default -> good();
            });
      }
      next = first;
      handle(values);
    }
    assertThat(bad).as(seeds.hint()).hasSizeGreaterThan(20);
    verify();
  }

  @Test
  void shouldTakeOutABatchOfNothingElse() throws Exception {
    var values = new ArrayList<String>();
    for (int i = 0; i < 20; i++) {
      next = i;
      values.add(bad());
    }
    next = 0;
    handle(values);
    verify();
  }

  @Test
  void shouldTakeOutTheRowAlsoWhenTheDatabaseDoesNotSayWhichItIs() throws Exception {
    // Streams are inserted after the events, all at once.
    inbox.execute(
        """
        create function rule() returns trigger language plpgsql as $$
        begin
          if exists (select from new_rows where id like '%key-1') then
            raise exception 'no such key' using errcode = '23514', constraint = 'rule';
          end if;
          return null;
        end $$;
        create trigger rule after insert on streams
          referencing new table as new_rows for each statement execute function rule()
        """);
    var slices = new ArrayList<Slice>();
    for (int partition = 0; partition < 4; partition++) {
      int of = partition;
      slices.add(
          slice(
              partition, -1, 0, IntStream.range(0, 3).mapToObj(i -> event(of + "-" + i)).toList()));
    }
    inbox.handle(slices.toArray(Slice[]::new));
    assertThat(inbox.strings("select distinct stream_id from events order by 1")).hasSize(3);
    assertThat(
            inbox.strings("select partition || ':' || record_offset from dead_letters order by 1"))
        .containsExactly("1:0", "1:1", "1:2");
    assertThat(inbox.gaps()).isEmpty();
  }

  @Test
  void shouldGiveUpNoRecordForWhatWouldBeRefusedForEveryRecord() throws Exception {
    inbox.execute("alter table events detach partition events_long");
    var one = good();
    var failure = catchThrowable(() -> inbox.handle(slice(0, -1, 0, List.of(one))));
    assertThat(((Fault) failure).reason()).isEqualTo("INTERNAL");
    inbox.execute("alter table events attach partition events_long for values in ('long')");
    handle(List.of(one));
    verify();
  }
}
