// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.BridgeStateRow;
import dev.omnibridge.api.log.v1.DefinitionRow;
import dev.omnibridge.api.log.v1.GetDefinitionRequest;
import dev.omnibridge.api.log.v1.GetDefinitionResponse;
import dev.omnibridge.api.log.v1.GetStampRowRequest;
import dev.omnibridge.api.log.v1.GetStampRowResponse;
import dev.omnibridge.api.log.v1.GetWorkflowStatesRequest;
import dev.omnibridge.api.log.v1.GetWorkflowStatesResponse;
import dev.omnibridge.api.log.v1.ListBridgeStatesRequest;
import dev.omnibridge.api.log.v1.ListBridgeStatesResponse;
import dev.omnibridge.api.log.v1.ListStampRowsRequest;
import dev.omnibridge.api.log.v1.ListStampRowsResponse;
import dev.omnibridge.api.log.v1.WorkflowStateRow;
import dev.omnibridge.dbadapter.log.Times;
import dev.omnibridge.dbadapter.query.PageSize;
import dev.omnibridge.dbadapter.query.PageTokens;
import dev.omnibridge.runtime.Fault;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

/** Reads the rows that appends maintain, but for the workflows. */
public final class IndexQueries {
  private static final int MOST = 1000;
  private static final int USUAL_STAMPS = 50;
  private static final int USUAL_STATES = 100;

  private static final String GET_DEFINITION =
      "select definition_hash, workflow_type, document from definitions where definition_hash = $1";

  private static final String STAMP_COLUMNS =
      """
      namespace, file_hash, content_hash, stamp_id, file_path, file_size, content_type, version,
      stamp_data::text as stamp_data, run_id, op_id, created_at
      """;

  private static final String STAMP_SIZE =
      "octet_length(stamp_data::text) + octet_length(file_path) + octet_length(content_type)";

  private static final String BRIDGE_STATE_COLUMNS =
      """
      namespace, current_fsm_state, version, total_workflows_processed, total_items_aggregated,
      total_size_bytes, aggregation_metadata::text as state, last_aggregation_timestamp
      """;

  private static final String BRIDGE_STATE_SIZE =
      "octet_length(aggregation_metadata::text) + octet_length(namespace)";

  private static final String GET_PROJECTIONS =
      """
      select namespace, run_id, version, state, data::text as data
        from workflow_projection where namespace = $1 and run_id = any($2::uuid[])
      """;

  private static final String GET_TRANSITIONS =
      Page.question(
          """
          namespace, entity_id, entity_type, version, from_state, to_state, transition_event,
          occurred_at
          """,
          """
           fsm_transitions
           join unnest($2::text[], $3::bigint[]) as seen (run_id, seen_version) on entity_id = run_id
          where namespace = $1 and entity_type = 'workflow' and version <= seen_version
          """,
          """
          octet_length(concat(namespace, entity_id, entity_type, from_state, to_state,
                              transition_event))
          + 40
          """,
          "entity_id, version",
          "20000");

  private final Pool pool;
  private final PageTokens tokens;

  public IndexQueries(Pool pool, PageTokens tokens) {
    this.pool = pool;
    this.tokens = tokens;
  }

  public Future<GetDefinitionResponse> definition(GetDefinitionRequest request) {
    return ask(GET_DEFINITION, Tuple.of(request.getDefinitionHash()))
        .map(rows -> {
          Row row =
              only(
                  rows,
                  Fault.notFound("DEFINITION_NOT_FOUND", "There is no such definition.")
                      .with("definition_hash", request.getDefinitionHash()));
          return GetDefinitionResponse.newBuilder()
              .setDefinition(
                  DefinitionRow.newBuilder()
                      .setDefinitionHash(row.getString("definition_hash"))
                      .setWorkflowType(row.getString("workflow_type"))
                      .setDocument(ByteString.copyFrom(row.getBuffer("document").getBytes())))
              .build();
        });
  }

  public Future<GetStampRowResponse> stamp(GetStampRowRequest request) {
    boolean byFile = request.hasFileHash();
    String hash = byFile ? request.getFileHash() : request.getContentHash();
    var sql =
        new Conditions()
            .and("namespace =", request.getNamespace())
            .and(byFile ? "file_hash =" : "content_hash =", hash);
    return ask(
            "select %s from metadata_stamps %s order by created_at, file_hash limit 1"
                .formatted(STAMP_COLUMNS, sql.where()),
            sql.arguments())
        .map(rows -> {
          Row row =
              only(
                  rows,
                  Fault.notFound("STAMP_NOT_FOUND", "There is no stamp of " + hash + ".")
                      .with("hash", hash)
                      .with("namespace", request.getNamespace()));
          return GetStampRowResponse.newBuilder().setStamp(IndexRows.stamp(row)).build();
        });
  }

  public Future<ListStampRowsResponse> stamps(ListStampRowsRequest request) {
    var question = request.toBuilder().clearPageSize().clearPageToken().build();
    List<String> place = tokens.place(question, request.getPageToken());
    int limit = PageSize.of(request.getPageSize(), USUAL_STAMPS, MOST);
    var sql =
        new Conditions()
            .and("namespace =", request.getNamespace())
            .id("run_id =", request.getRunId());
    if (!place.isEmpty()) {
      sql.and("(created_at, file_hash) <", OffsetDateTime.parse(place.getFirst()), place.getLast());
    }
    String text =
        Page.question(
            STAMP_COLUMNS,
            "metadata_stamps " + sql.where(),
            STAMP_SIZE,
            "created_at desc, file_hash desc",
            sql.argument(limit + 1));
    return ask(text, sql.arguments())
        .map(rows -> {
          var page = Page.of(rows, limit, IndexRows::stamp);
          var answer = ListStampRowsResponse.newBuilder().addAllStamps(page.items());
          page.lastOfMore()
              .ifPresent(last ->
                  answer.setNextPageToken(
                      tokens.token(
                          question,
                          List.of(Times.of(last.getCreatedAt()).toString(), last.getFileHash()))));
          return answer.build();
        });
  }

  public Future<ListBridgeStatesResponse> bridgeStates(ListBridgeStatesRequest request) {
    var question = request.toBuilder().clearPageSize().clearPageToken().build();
    List<String> place = tokens.place(question, request.getPageToken());
    int limit = PageSize.of(request.getPageSize(), USUAL_STATES, MOST);
    var sql = new Conditions().text("namespace =", request.getNamespace());
    if (!place.isEmpty()) {
      sql.and("namespace >", place.getFirst());
    }
    String text =
        Page.question(
            BRIDGE_STATE_COLUMNS,
            "bridge_states " + sql.where(),
            BRIDGE_STATE_SIZE,
            "namespace",
            sql.argument(limit + 1));
    return ask(text, sql.arguments())
        .map(rows -> {
          var page = Page.of(rows, limit, IndexRows::bridgeState);
          var answer = ListBridgeStatesResponse.newBuilder().addAllStates(page.items());
          page.lastOfMore()
              .map(BridgeStateRow::getNamespace)
              .ifPresent(last -> answer.setNextPageToken(tokens.token(question, List.of(last))));
          return answer.build();
        });
  }

  public Future<GetWorkflowStatesResponse> workflowStates(GetWorkflowStatesRequest request) {
    UUID[] ids = request.getRunIdsList().stream().map(IndexRows::runId).toArray(UUID[]::new);
    return ask(GET_PROJECTIONS, Tuple.of(request.getNamespace()).addArrayOfUUID(ids))
        .map(rows -> rows.stream().map(IndexRows::projection).toList())
        .compose(states -> withTransitions(request.getNamespace(), states));
  }

  /**
   * Those that led to the states, read after them: two questions at once may fall on both sides of
   * a commit, and tell of a state without its last transition.
   */
  private Future<GetWorkflowStatesResponse> withTransitions(
      String namespace, List<WorkflowStateRow> states) {
    String[] ids = states.stream().map(WorkflowStateRow::getRunId).toArray(String[]::new);
    Long[] versions = states.stream().map(WorkflowStateRow::getVersion).toArray(Long[]::new);
    return ask(GET_TRANSITIONS, Tuple.of(namespace).addArrayOfString(ids).addArrayOfLong(versions))
        .map(rows -> {
          var answer = GetWorkflowStatesResponse.newBuilder().addAllStates(states);
          rows.forEach(row -> answer.addTransitions(IndexRows.transition(row)));
          return answer.build();
        });
  }

  private Future<RowSet<Row>> ask(String sql, Tuple arguments) {
    return pool.preparedQuery(sql)
        .execute(arguments)
        .recover(failure -> Future.failedFuture(Failures.fault(failure)));
  }

  private static Row only(RowSet<Row> rows, Fault missing) {
    if (rows.size() == 0) {
      throw missing;
    }
    return rows.iterator().next();
  }
}
