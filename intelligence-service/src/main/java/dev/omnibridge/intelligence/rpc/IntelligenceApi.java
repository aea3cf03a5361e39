// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import dev.omnibridge.api.intelligence.v1.AnalyzeRequest;
import dev.omnibridge.api.intelligence.v1.AnalyzeResponse;
import dev.omnibridge.api.intelligence.v1.AnalyzeTreeRequest;
import dev.omnibridge.api.intelligence.v1.AnalyzeTreeResponse;
import dev.omnibridge.api.intelligence.v1.FindSimilarRequest;
import dev.omnibridge.api.intelligence.v1.FindSimilarResponse;
import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc;
import dev.omnibridge.api.intelligence.v1.NavigateTreeRequest;
import dev.omnibridge.api.intelligence.v1.NavigateTreeResponse;
import dev.omnibridge.api.intelligence.v1.QueryTreeRequest;
import dev.omnibridge.api.intelligence.v1.QueryTreeResponse;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;

/** The service's door: hands each call to what answers it, on the service's context. */
public final class IntelligenceApi extends IntelligenceServiceGrpc.IntelligenceServiceImplBase {
  private final Context context;
  private final Analyses analyses;
  private final TreeIntakes intakes;
  private final Questions questions;

  public IntelligenceApi(
      Context context, Analyses analyses, TreeIntakes intakes, Questions questions) {
    this.context = context;
    this.analyses = analyses;
    this.intakes = intakes;
    this.questions = questions;
  }

  @Override
  public void analyze(AnalyzeRequest request, StreamObserver<AnalyzeResponse> out) {
    Replies.unary(context, out, scope -> analyses.analyze(request, scope));
  }

  @Override
  public void findSimilar(FindSimilarRequest request, StreamObserver<FindSimilarResponse> out) {
    Replies.unary(context, out, scope -> questions.similar(request, scope));
  }

  @Override
  public StreamObserver<AnalyzeTreeRequest> analyzeTree(StreamObserver<AnalyzeTreeResponse> out) {
    return intakes.begin((ServerCallStreamObserver<AnalyzeTreeResponse>) out);
  }

  @Override
  public void queryTree(QueryTreeRequest request, StreamObserver<QueryTreeResponse> out) {
    Replies.unary(context, out, scope -> questions.query(request, scope));
  }

  @Override
  public void navigateTree(NavigateTreeRequest request, StreamObserver<NavigateTreeResponse> out) {
    Replies.unary(context, out, scope -> questions.navigate(request, scope));
  }
}
