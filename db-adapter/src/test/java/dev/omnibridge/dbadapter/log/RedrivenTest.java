// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.dbadapter.log.Outgoing.Header;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RedrivenTest {
  private static final UUID ID = UUID.fromString("01931b2e-0000-7000-8000-000000000001");
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final List<Header> ORIGINAL =
      List.of(
          header("traceparent", "00-1-2-01"),
          header("x-replay-count", "1"),
          header("twice", "a"),
          header("twice", "b"),
          new Header("nothing", null));

  private static Header header(String key, String value) {
    return new Header(key, value.getBytes(StandardCharsets.UTF_8));
  }

  private static Outgoing redriven(boolean fromRedrive, @Nullable Instant recordTime) {
    return new Redriven(
            3,
            ID,
            2,
            "ada@host",
            NOON,
            "t",
            new byte[] {1},
            null,
            ORIGINAL,
            fromRedrive,
            recordTime)
        .outgoing();
  }

  private static List<String> texts(Outgoing outgoing) {
    return outgoing.headers().stream()
        .map(header -> {
          byte[] value = header.value();
          return header.key()
              + "="
              + (value == null ? "null" : new String(value, StandardCharsets.UTF_8));
        })
        .toList();
  }

  @Test
  void shouldLeaveTheHeadersAsTheyWereAndAddThoseOfTheRedrive() {
    assertThat(texts(redriven(false, null)))
        .containsExactly(
            "traceparent=00-1-2-01",
            "x-replay-count=1",
            "twice=a",
            "twice=b",
            "nothing=null",
            "x-replay-count=2",
            "x-replayed-at=2026-11-21T12:00:00Z",
            "x-replayed-by=ada@host",
            "x-replay-correlation-id=" + ID);
  }

  @Test
  void shouldReplaceTheHeadersOfTheRedriveThatTheRecordCameFrom() {
    assertThat(texts(redriven(true, null)))
        .filteredOn(text -> text.startsWith("x-replay-count"))
        .containsExactly("x-replay-count=2");
  }

  /** However long the letter lay, and however often it went: the identity hangs on the time. */
  @Test
  void shouldBeTheSameEventAgainWhenItHasNoTimeOfItsOwn() {
    Instant longAgo = NOON.minus(Duration.ofDays(9));
    Outgoing first = redriven(false, longAgo);
    assertThat(first.time()).isEqualTo(NOON.toEpochMilli());
    Outgoing second =
        new Redriven(4, ID, 3, "a", NOON, "t", null, null, first.headers(), true, NOON).outgoing();
    for (Outgoing again : List.of(first, second)) {
      assertThat(texts(again)).containsOnlyOnce("x-original-record-time=" + longAgo);
      var record = new Incoming("t", NOON, null, null, again.headers());
      assertThat(Redriven.recordTime(record)).isEqualTo(longAgo);
    }
    var notRedriven =
        new Incoming(
            "t", NOON, null, null, List.of(header("x-original-record-time", "" + longAgo)));
    assertThat(Redriven.recordTime(notRedriven)).isEqualTo(NOON);
    var odd =
        List.of(header("x-replay-correlation-id", "1"), header("x-original-record-time", "then"));
    assertThat(Redriven.recordTime(new Incoming("t", NOON, null, null, odd))).isEqualTo(NOON);
  }

  @Test
  void shouldKeepTheTimeOfTheRecordWhereKafkaTakesAndKeepsIt() {
    Instant hourAgo = NOON.minus(Duration.ofHours(1));
    assertThat(redriven(false, hourAgo).time()).isEqualTo(hourAgo.toEpochMilli());
    assertThat(redriven(false, NOON.minus(Duration.ofDays(2))).time())
        .isEqualTo(NOON.toEpochMilli());
    assertThat(redriven(false, NOON.plus(Duration.ofDays(2))).time())
        .isEqualTo(NOON.toEpochMilli());
    assertThat(redriven(false, null).time()).isEqualTo(NOON.toEpochMilli());
  }

  /** They tell of the letter, not of the record, which has what it needs again. */
  @Test
  void shouldNotSayOfARecordWhatItsLetterLeftOut() {
    var headers =
        List.of(
            header("a", "1"),
            header("ob_value_omitted", "too large"),
            header("ob_key_omitted", "too large"),
            header("ob_headers_omitted", "too large"));
    for (boolean fromRedrive : List.of(true, false)) {
      var outgoing =
          new Redriven(4, ID, 3, "a", NOON, "t", null, null, headers, fromRedrive, NOON).outgoing();
      assertThat(texts(outgoing)).startsWith("a=1", "x-replay-count=3");
    }
  }
}
