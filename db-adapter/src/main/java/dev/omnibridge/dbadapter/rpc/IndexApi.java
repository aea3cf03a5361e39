// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import dev.omnibridge.api.log.v1.GetDefinitionRequest;
import dev.omnibridge.api.log.v1.GetDefinitionResponse;
import dev.omnibridge.api.log.v1.GetStampRowRequest;
import dev.omnibridge.api.log.v1.GetStampRowResponse;
import dev.omnibridge.api.log.v1.GetWorkflowRowRequest;
import dev.omnibridge.api.log.v1.GetWorkflowRowResponse;
import dev.omnibridge.api.log.v1.GetWorkflowStatesRequest;
import dev.omnibridge.api.log.v1.GetWorkflowStatesResponse;
import dev.omnibridge.api.log.v1.IndexServiceGrpc.IndexServiceImplBase;
import dev.omnibridge.api.log.v1.ListBridgeStatesRequest;
import dev.omnibridge.api.log.v1.ListBridgeStatesResponse;
import dev.omnibridge.api.log.v1.ListDueRequest;
import dev.omnibridge.api.log.v1.ListDueResponse;
import dev.omnibridge.api.log.v1.ListStampRowsRequest;
import dev.omnibridge.api.log.v1.ListStampRowsResponse;
import dev.omnibridge.api.log.v1.ListUnfinishedRequest;
import dev.omnibridge.api.log.v1.ListUnfinishedResponse;
import dev.omnibridge.api.log.v1.ListWorkflowRowsRequest;
import dev.omnibridge.api.log.v1.ListWorkflowRowsResponse;
import dev.omnibridge.dbadapter.store.IndexQueries;
import dev.omnibridge.dbadapter.store.WorkflowQueries;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;

/** The index over gRPC. */
public final class IndexApi extends IndexServiceImplBase {
  private final Context context;
  private final WorkflowQueries workflows;
  private final IndexQueries index;

  public IndexApi(Context context, WorkflowQueries workflows, IndexQueries index) {
    this.context = context;
    this.workflows = workflows;
    this.index = index;
  }

  @Override
  public void getWorkflowRow(
      GetWorkflowRowRequest request, StreamObserver<GetWorkflowRowResponse> out) {
    Replies.unary(context, out, _ -> workflows.get(request));
  }

  @Override
  public void listWorkflowRows(
      ListWorkflowRowsRequest request, StreamObserver<ListWorkflowRowsResponse> out) {
    Replies.unary(context, out, _ -> workflows.list(request));
  }

  @Override
  public void listUnfinished(
      ListUnfinishedRequest request, StreamObserver<ListUnfinishedResponse> out) {
    Replies.unary(context, out, _ -> workflows.unfinished(request));
  }

  @Override
  public void listDue(ListDueRequest request, StreamObserver<ListDueResponse> out) {
    Replies.unary(context, out, _ -> workflows.due(request));
  }

  @Override
  public void getDefinition(
      GetDefinitionRequest request, StreamObserver<GetDefinitionResponse> out) {
    Replies.unary(context, out, _ -> index.definition(request));
  }

  @Override
  public void getStampRow(GetStampRowRequest request, StreamObserver<GetStampRowResponse> out) {
    Replies.unary(context, out, _ -> index.stamp(request));
  }

  @Override
  public void listStampRows(
      ListStampRowsRequest request, StreamObserver<ListStampRowsResponse> out) {
    Replies.unary(context, out, _ -> index.stamps(request));
  }

  @Override
  public void listBridgeStates(
      ListBridgeStatesRequest request, StreamObserver<ListBridgeStatesResponse> out) {
    Replies.unary(context, out, _ -> index.bridgeStates(request));
  }

  @Override
  public void getWorkflowStates(
      GetWorkflowStatesRequest request, StreamObserver<GetWorkflowStatesResponse> out) {
    Replies.unary(context, out, _ -> index.workflowStates(request));
  }
}
