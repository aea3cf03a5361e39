// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.api.log.v1.GetPositionsRequest;
import dev.omnibridge.api.log.v1.GetPositionsResponse;
import dev.omnibridge.api.log.v1.LogServiceGrpc.LogServiceImplBase;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.api.log.v1.QueryEventsResponse;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.api.log.v1.ReadStreamResponse;
import dev.omnibridge.dbadapter.store.EventLog;
import dev.omnibridge.dbadapter.store.LogQueries;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;

/** The log over gRPC. */
public final class LogApi extends LogServiceImplBase {
  private final Context context;
  private final EventLog log;
  private final LogQueries queries;

  public LogApi(Context context, EventLog log, LogQueries queries) {
    this.context = context;
    this.log = log;
    this.queries = queries;
  }

  @Override
  public void append(AppendRequest request, StreamObserver<AppendResponse> out) {
    Replies.unary(context, out, scope -> log.append(request, scope::cancelled));
  }

  @Override
  public void readStream(ReadStreamRequest request, StreamObserver<ReadStreamResponse> out) {
    Replies.unary(context, out, _ -> queries.readStream(request));
  }

  @Override
  public void queryEvents(QueryEventsRequest request, StreamObserver<QueryEventsResponse> out) {
    Replies.unary(context, out, _ -> queries.queryEvents(request));
  }

  @Override
  public void getPositions(GetPositionsRequest request, StreamObserver<GetPositionsResponse> out) {
    Replies.unary(context, out, _ -> queries.positions(request));
  }
}
