// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.dbadapter.store.OutboxLane;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/**
 * A lane in memory whose lease runs by the clock of the test, as a table that several relays share.
 */
final class LaneModel {
  private final AtomicLong nanos;
  private long last;
  private String owner = "";
  private long leaseUntil = Long.MIN_VALUE;
  private long mark;

  /** With records 1 to last. */
  LaneModel(AtomicLong nanos, long last) {
    this.nanos = nanos;
    this.last = last;
  }

  synchronized long mark() {
    return mark;
  }

  /** One record more. */
  synchronized void add() {
    last++;
  }

  private synchronized long last() {
    return last;
  }

  private synchronized boolean hold(String who) {
    if (!owner.equals(who) && leaseUntil >= nanos.get()) {
      return false;
    }
    owner = who;
    renew();
    return true;
  }

  private void renew() {
    leaseUntil = nanos.get() + TimeUnit.SECONDS.toNanos(OutboxLane.LEASE_SECONDS);
  }

  private synchronized boolean advance(String who, long from, long to) {
    if (!owner.equals(who) || mark != from) {
      return false;
    }
    mark = to;
    renew();
    return true;
  }

  private synchronized void release(String who) {
    if (owner.equals(who)) {
      leaseUntil = Long.MIN_VALUE;
    }
  }

  /** Another relay comes, publishes up to a position, and goes. */
  void passedByAnother(long position) {
    if (!hold("another") || !advance("another", mark(), position)) {
      throw new AssertionError("the other relay did not get the lane");
    }
    release("another");
  }

  /** The lane as one relay has it; what happens while it reads can be said. */
  class View implements OutboxLane {
    private long relayed;

    /** Happens between the reading and its answer. */
    void whileReading(int most) {}

    @Override
    public int lane() {
      return 0;
    }

    @Override
    public Future<Boolean> hold() {
      boolean held = LaneModel.this.hold("this");
      if (held) {
        relayed = mark();
      }
      return Future.succeededFuture(held);
    }

    @Override
    public Future<List<Outgoing>> next(int most) {
      var records =
          LongStream.rangeClosed(relayed + 1, Math.min(last(), relayed + most))
              .mapToObj(LaneModel::outgoing)
              .toList();
      whileReading(most);
      return Future.succeededFuture(records);
    }

    @Override
    public boolean isAll(List<Outgoing> records, int most) {
      return records.size() < most;
    }

    @Override
    public Future<Boolean> passed(List<Outgoing> published) {
      boolean advanced = advance("this", relayed, published.getLast().position());
      if (advanced) {
        relayed = published.getLast().position();
      }
      return Future.succeededFuture(advanced);
    }

    @Override
    public Future<?> release() {
      LaneModel.this.release("this");
      return Future.succeededFuture();
    }
  }

  private static Outgoing outgoing(long position) {
    byte[] value = Long.toString(position).getBytes(StandardCharsets.UTF_8);
    return new Outgoing(position, "topic", value, value, List.of());
  }
}
