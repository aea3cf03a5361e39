// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import dev.omnibridge.api.log.v1.DeadLetterServiceGrpc.DeadLetterServiceImplBase;
import dev.omnibridge.api.log.v1.DiscardDeadLettersRequest;
import dev.omnibridge.api.log.v1.DiscardDeadLettersResponse;
import dev.omnibridge.api.log.v1.GetDeadLetterRequest;
import dev.omnibridge.api.log.v1.GetDeadLetterResponse;
import dev.omnibridge.api.log.v1.GetRedriveRequest;
import dev.omnibridge.api.log.v1.GetRedriveResponse;
import dev.omnibridge.api.log.v1.ListDeadLetterActionsRequest;
import dev.omnibridge.api.log.v1.ListDeadLetterActionsResponse;
import dev.omnibridge.api.log.v1.ListDeadLettersRequest;
import dev.omnibridge.api.log.v1.ListDeadLettersResponse;
import dev.omnibridge.api.log.v1.RedriveDeadLetterRequest;
import dev.omnibridge.api.log.v1.RedriveDeadLetterResponse;
import dev.omnibridge.api.log.v1.RedriveDeadLettersRequest;
import dev.omnibridge.api.log.v1.RedriveDeadLettersResponse;
import dev.omnibridge.dbadapter.store.DeadLetterActions;
import dev.omnibridge.dbadapter.store.DeadLetterQueries;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;

/** The dead letters over gRPC. */
public final class DeadLetterApi extends DeadLetterServiceImplBase {
  private final Context context;
  private final DeadLetterQueries queries;
  private final DeadLetterActions actions;

  public DeadLetterApi(Context context, DeadLetterQueries queries, DeadLetterActions actions) {
    this.context = context;
    this.queries = queries;
    this.actions = actions;
  }

  @Override
  public void listDeadLetters(
      ListDeadLettersRequest request, StreamObserver<ListDeadLettersResponse> out) {
    Replies.unary(context, out, _ -> queries.list(request));
  }

  @Override
  public void getDeadLetter(
      GetDeadLetterRequest request, StreamObserver<GetDeadLetterResponse> out) {
    Replies.unary(context, out, _ -> queries.get(request));
  }

  @Override
  public void redriveDeadLetter(
      RedriveDeadLetterRequest request, StreamObserver<RedriveDeadLetterResponse> out) {
    Replies.unary(context, out, _ -> actions.redrive(request));
  }

  @Override
  public void redriveDeadLetters(
      RedriveDeadLettersRequest request, StreamObserver<RedriveDeadLettersResponse> out) {
    Replies.unary(context, out, _ -> actions.redriveMany(request));
  }

  @Override
  public void getRedrive(GetRedriveRequest request, StreamObserver<GetRedriveResponse> out) {
    Replies.unary(context, out, _ -> queries.progress(request));
  }

  @Override
  public void discardDeadLetters(
      DiscardDeadLettersRequest request, StreamObserver<DiscardDeadLettersResponse> out) {
    Replies.unary(context, out, _ -> actions.discard(request));
  }

  @Override
  public void listDeadLetterActions(
      ListDeadLetterActionsRequest request, StreamObserver<ListDeadLetterActionsResponse> out) {
    Replies.unary(context, out, _ -> queries.actions(request));
  }
}
