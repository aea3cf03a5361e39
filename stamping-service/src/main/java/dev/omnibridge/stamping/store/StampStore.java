// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.store;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.api.log.v1.GetStampRowRequest;
import dev.omnibridge.api.log.v1.GetStampRowResponse;
import dev.omnibridge.api.log.v1.IndexServiceGrpc;
import dev.omnibridge.api.log.v1.ListStampRowsRequest;
import dev.omnibridge.api.log.v1.ListStampRowsResponse;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.api.log.v1.ReadStreamResponse;
import dev.omnibridge.api.log.v1.Snapshot;
import dev.omnibridge.api.log.v1.StampRow;
import dev.omnibridge.api.log.v1.StateRow;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.Ids;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.runtime.resilience.Breaker;
import dev.omnibridge.runtime.resilience.Breaker.Settings;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Calls;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.stamping.stamp.Event;
import dev.omnibridge.stamping.stamp.Stamp;
import dev.omnibridge.stamping.stamp.Stamp.Absent;
import dev.omnibridge.stamping.stamp.Stamp.Stamped;
import dev.omnibridge.stamping.stamp.StampKey;
import dev.omnibridge.stamping.stamp.StampRules;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Stamps in the log: one stream for each, and a row for searches, in one append. */
public final class StampStore {
  private final Channel dbAdapter;
  private final Duration timeout;
  private final RandomGenerator random;
  private final Breaker breaker = new Breaker("db-adapter", Settings.forStore());

  public StampStore(Channel dbAdapter, Duration timeout, RandomGenerator random) {
    this.dbAdapter = dbAdapter;
    this.timeout = timeout;
    this.random = random;
  }

  /** A stamp at a version of its stream; 0 while there is none. */
  public record Loaded(Stamp stamp, long version) {}

  /** The stamp as the log has it. */
  public Future<Loaded> load(StampKey key, CallScope scope) {
    return readOn(key, new Loaded(new Absent(), 0), true, scope)
        .recover(failure ->
            Statuses.faultOf(failure).is("STREAM_NOT_FOUND")
                ? Future.succeededFuture(new Loaded(new Absent(), 0))
                : Future.failedFuture(failure));
  }

  private Future<Loaded> readOn(StampKey key, Loaded from, boolean snapshot, CallScope scope) {
    var request =
        ReadStreamRequest.newBuilder()
            .setStream(stream(key))
            .setAfterVersion(from.version())
            .setFromSnapshot(snapshot)
            .build();
    return call(LogServiceGrpc.getReadStreamMethod(), request, scope)
        .compose(page -> {
          Loaded here = replay(from, page);
          return here.version() < page.getHeadVersion()
              ? readOn(key, here, false, scope)
              : Future.succeededFuture(here);
        });
  }

  private static Loaded replay(Loaded from, ReadStreamResponse page) {
    Loaded here =
        page.hasSnapshot()
            ? new Loaded(
                StampCodec.state(page.getSnapshot().getState().toByteArray()),
                page.getSnapshotVersion())
            : from;
    Stamp stamp = here.stamp();
    long version = here.version();
    for (RecordedEvent event : page.getEventsList()) {
      stamp = StampRules.evolve(stamp, StampCodec.event(event.getBody().toByteArray()));
      version = event.getVersion();
    }
    return new Loaded(stamp, version);
  }

  /** Appends events with the state that they lead to; ABORTED when the version is another one. */
  public Future<AppendResponse> append(
      long version, List<Event> events, Stamped next, UUID correlationId, CallScope scope) {
    var append =
        StreamAppend.newBuilder()
            .setStream(stream(next.key()))
            .setSnapshot(
                Snapshot.newBuilder()
                    .setSchema(StampCodec.SCHEMA)
                    .setState(ByteString.copyFrom(StampCodec.state(next))));
    if (version == 0) {
      append.setExpectNone(true);
    } else {
      append.setExpectedVersion(version);
    }
    events.forEach(event -> append.addEvents(newEvent(event, correlationId)));
    var request =
        AppendRequest.newBuilder()
            .setAppendId(UUID.randomUUID().toString())
            .addAppends(append)
            .addRows(StateRow.newBuilder().setStamp(StampCodec.row(next, events.getLast().at())))
            .build();
    return call(LogServiceGrpc.getAppendMethod(), request, scope);
  }

  private NewEvent newEvent(Event event, UUID correlationId) {
    Envelope envelope = StampCodec.envelope(event, Ids.uuid7(event.at(), random), correlationId);
    return NewEvent.newBuilder()
        .setEventId(envelope.eventId().toString())
        .setType(envelope.eventType())
        .setOccurredAt(StampCodec.timestamp(event.at()))
        .setCorrelationId(correlationId.toString())
        .setBody(ByteString.copyFrom(envelope.toJson()))
        .build();
  }

  /** The row of the stamp with this file hash or, failing that, content hash. */
  public Future<StampRow> find(String namespace, Hash hash, CallScope scope) {
    var request = GetStampRowRequest.newBuilder().setNamespace(namespace);
    return row(request.setFileHash(hash.hex()).build(), scope)
        .recover(failure ->
            Statuses.faultOf(failure).kind() == Kind.NOT_FOUND
                ? row(request.setContentHash(hash.hex()).build(), scope)
                : Future.failedFuture(failure))
        .recover(failure -> Future.failedFuture(named(Statuses.faultOf(failure), namespace, hash)));
  }

  private Future<StampRow> row(GetStampRowRequest request, CallScope scope) {
    return call(IndexServiceGrpc.getGetStampRowMethod(), request, scope)
        .map(GetStampRowResponse::getStamp);
  }

  private static Fault named(Fault fault, String namespace, Hash hash) {
    return fault.kind() == Kind.NOT_FOUND
        ? Fault.notFound(
                "STAMP_NOT_FOUND",
                "There is no stamp for %s in namespace %s.".formatted(hash, namespace))
            .with("hash", hash)
            .with("namespace", namespace)
        : fault;
  }

  /** A page of rows, newest first. */
  public Future<ListStampRowsResponse> list(ListStampRowsRequest request, CallScope scope) {
    return call(IndexServiceGrpc.getListStampRowsMethod(), request, scope);
  }

  private <Q, R> Future<R> call(MethodDescriptor<Q, R> method, Q request, CallScope scope) {
    return breaker.call(
        () -> Calls.unary(dbAdapter, method, request, scope.within(timeout)), Statuses::faultOf);
  }

  private static StreamName stream(StampKey key) {
    return StreamName.newBuilder()
        .setKind(StampCodec.STREAM_KIND)
        .setNamespace(key.namespace())
        .setId(key.fileHash().hex())
        .build();
  }
}
