// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.api.log.v1.BridgeStateRow;
import dev.omnibridge.api.log.v1.GetWorkflowStatesRequest;
import dev.omnibridge.api.log.v1.GetWorkflowStatesResponse;
import dev.omnibridge.api.log.v1.IndexServiceGrpc;
import dev.omnibridge.api.log.v1.ListBridgeStatesRequest;
import dev.omnibridge.api.log.v1.ListBridgeStatesResponse;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.api.log.v1.ReadStreamResponse;
import dev.omnibridge.api.log.v1.WorkflowStateRow;
import dev.omnibridge.reducer.fold.BridgeJson;
import dev.omnibridge.reducer.fold.BridgeState;
import dev.omnibridge.reducer.fold.StreamKey;
import dev.omnibridge.reducer.fold.StreamView;
import dev.omnibridge.reducer.fold.ViewJson;
import dev.omnibridge.reducer.fold.Windows;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Calls;
import io.grpc.Channel;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads and commits the reducer's state. Every failure is a {@link Fault}. */
public final class StateStore {
  private static final Duration APPEND_LIMIT = Duration.ofSeconds(8);
  private static final Duration READ_LIMIT = Duration.ofSeconds(5);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Channel log;
  private final Windows.Shape windows;

  public StateStore(Channel log, Windows.Shape windows) {
    this.log = log;
    this.windows = windows;
  }

  /** Commits everything in the request, or nothing. */
  public Future<AppendResponse> append(AppendRequest request) {
    return Calls.unary(log, LogServiceGrpc.getAppendMethod(), request, APPEND_LIMIT);
  }

  /** The stored views of some streams of a namespace; at most 1000 ids. */
  public Future<Map<ViewKey, StreamView>> views(String namespace, Collection<String> ids) {
    return states(namespace, ids).map(StateStore::views);
  }

  private static Map<ViewKey, StreamView> views(GetWorkflowStatesResponse found) {
    var views = new HashMap<ViewKey, StreamView>();
    for (WorkflowStateRow row : found.getStatesList()) {
      views.put(new ViewKey(row.getNamespace(), row.getRunId()), view(row));
    }
    return views;
  }

  /** The view in a row. */
  public static StreamView view(WorkflowStateRow row) {
    return ViewJson.read(row.getVersion(), row.getState(), json(row.getData()));
  }

  /** The rows of some streams of a namespace, with their transitions; at most 1000 ids. */
  public Future<GetWorkflowStatesResponse> states(String namespace, Collection<String> ids) {
    var request =
        GetWorkflowStatesRequest.newBuilder().setNamespace(namespace).addAllRunIds(ids).build();
    return Calls.unary(log, IndexServiceGrpc.getGetWorkflowStatesMethod(), request, READ_LIMIT);
  }

  /** The stored state of a namespace; empty when nothing was folded for it. */
  public Future<Optional<BridgeState>> bridge(String namespace) {
    var request =
        ListBridgeStatesRequest.newBuilder().setNamespace(namespace).setPageSize(1).build();
    return Calls.unary(log, IndexServiceGrpc.getListBridgeStatesMethod(), request, READ_LIMIT)
        .map(page -> page.getStatesList().stream().findFirst().map(this::bridge));
  }

  /** A page of all namespaces' rows. */
  public Future<ListBridgeStatesResponse> bridges(int pageSize, String pageToken) {
    var request =
        ListBridgeStatesRequest.newBuilder().setPageSize(pageSize).setPageToken(pageToken).build();
    return Calls.unary(log, IndexServiceGrpc.getListBridgeStatesMethod(), request, READ_LIMIT);
  }

  /** The state in a row. */
  public BridgeState bridge(BridgeStateRow row) {
    return BridgeJson.read(row.getNamespace(), row.getVersion(), json(row.getState()), windows);
  }

  /**
   * Events of a stream after a version, as many as fit in one page. NOT_FOUND without the stream.
   */
  public Future<ReadStreamResponse> stream(StreamKey stream, long after) {
    var request =
        ReadStreamRequest.newBuilder().setStream(name(stream)).setAfterVersion(after).build();
    return Calls.unary(log, LogServiceGrpc.getReadStreamMethod(), request, READ_LIMIT);
  }

  private static StreamName name(StreamKey stream) {
    return StreamName.newBuilder()
        .setKind(stream.kind())
        .setNamespace(stream.namespace())
        .setId(stream.id())
        .build();
  }

  private static JsonNode json(ByteString stored) {
    try (var in = stored.newInput()) {
      return JSON.readTree(in);
    } catch (IOException damaged) {
      throw Fault.broken(damaged);
    }
  }
}
