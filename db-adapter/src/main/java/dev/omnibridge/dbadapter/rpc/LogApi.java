// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.api.log.v1.ExportEventsRequest;
import dev.omnibridge.api.log.v1.ExportEventsResponse;
import dev.omnibridge.api.log.v1.GetPositionsRequest;
import dev.omnibridge.api.log.v1.GetPositionsResponse;
import dev.omnibridge.api.log.v1.LogServiceGrpc.LogServiceImplBase;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.api.log.v1.QueryEventsResponse;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.api.log.v1.ReadStreamResponse;
import dev.omnibridge.api.log.v1.TraceEventsRequest;
import dev.omnibridge.api.log.v1.TraceEventsResponse;
import dev.omnibridge.dbadapter.store.EventLog;
import dev.omnibridge.dbadapter.store.EventQueries;
import dev.omnibridge.dbadapter.store.EventTraces;
import dev.omnibridge.dbadapter.store.LogQueries;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.event.LogEpochs;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;

/** The log over gRPC. */
public final class LogApi extends LogServiceImplBase {
  private final Context context;
  private final EventLog log;
  private final LogQueries queries;
  private final EventQueries events;
  private final EventTraces traces;
  private final InEpochs epochs;
  private final Turns exports;

  public LogApi(
      Context context, EventLog log, LogQueries queries, EventQueries events, LogEpochs epochs) {
    this.epochs = new InEpochs(epochs);
    this.context = context;
    this.exports = new Turns(context, LogApi::busy);
    this.log = log;
    this.queries = queries;
    this.events = events;
    this.traces = new EventTraces(events);
  }

  @Override
  public void append(AppendRequest request, StreamObserver<AppendResponse> out) {
    Replies.unary(context, out, scope -> log.append(request, scope::cancelled).map(epochs::of));
  }

  @Override
  public void readStream(ReadStreamRequest request, StreamObserver<ReadStreamResponse> out) {
    Replies.unary(context, out, _ -> queries.readStream(request).map(epochs::of));
  }

  @Override
  public void queryEvents(QueryEventsRequest request, StreamObserver<QueryEventsResponse> out) {
    Replies.unary(context, out, _ -> query(request));
  }

  private Future<QueryEventsResponse> query(QueryEventsRequest question) {
    return events.query(question).map(epochs::of);
  }

  @Override
  public void traceEvents(TraceEventsRequest request, StreamObserver<TraceEventsResponse> out) {
    Replies.unary(context, out, _ -> traces.trace(request).map(epochs::of));
  }

  @Override
  public void exportEvents(ExportEventsRequest request, StreamObserver<ExportEventsResponse> out) {
    var call = (ServerCallStreamObserver<ExportEventsResponse>) out;
    var export = new Export(this::query, request);
    new Pages<>(context, exports, call, export::next).begin();
  }

  private static Fault busy() {
    return Fault.of(
        Fault.Kind.EXHAUSTED,
        "EXPORTS_BUSY",
        "%d exports are running, and no more may at once; try again when one has ended."
            .formatted(Turns.MOST));
  }

  @Override
  public void getPositions(GetPositionsRequest request, StreamObserver<GetPositionsResponse> out) {
    Replies.unary(context, out, _ -> queries.positions(request).map(epochs::of));
  }
}
