// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.api.log.v1.GetWorkflowRowRequest;
import dev.omnibridge.api.log.v1.GetWorkflowRowResponse;
import dev.omnibridge.api.log.v1.ListDueRequest;
import dev.omnibridge.api.log.v1.ListDueResponse;
import dev.omnibridge.api.log.v1.ListUnfinishedRequest;
import dev.omnibridge.api.log.v1.ListUnfinishedResponse;
import dev.omnibridge.api.log.v1.ListWorkflowRowsRequest;
import dev.omnibridge.api.log.v1.ListWorkflowRowsResponse;
import dev.omnibridge.api.log.v1.StoredWorkflow;
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
import java.util.Set;
import java.util.UUID;

/** Reads the rows of workflow runs. */
public final class WorkflowQueries {
  private static final int MOST = 1000;
  private static final int USUAL_LIST = 100;
  private static final int USUAL_BATCH = 500;
  private static final Set<String> RARE_ENDS = Set.of("FAILED", "CANCELLED", "TERMINATED");

  private static final String COLUMNS =
      """
      namespace, workflow_id, run_id, workflow_type, current_state, correlation_id, session_id,
      definition_hash, started_at, completed_at, error_message, workflow_steps_executed,
      workflow_steps_degraded, version, metadata::text as metadata, output::text as output,
      finished, shard, updated_at, due_at,
      (extract(epoch from due_at - clock_timestamp()) * 1000000)::bigint as due_in_micros
      """;

  private static final String SIZE =
      """
      octet_length(metadata::text) + coalesce(octet_length(output::text), 0)
      + coalesce(octet_length(error_message), 0) + octet_length(namespace)
      + octet_length(workflow_id) + octet_length(workflow_type)
      """;

  static final String SELECT = "select " + COLUMNS + " from workflow_executions ";

  private static final String BY_RUN = SELECT + "where run_id = $1 and namespace = $2";

  private static final String BY_WORKFLOW_ID =
      SELECT
          + """
          where run_id = (select run_id from workflows where namespace = $1 and workflow_id = $2)
          """;

  private static final String UNFINISHED =
      Page.question(
          COLUMNS,
          "workflow_executions where not finished and shard = any($1::int[]) and run_id > $2",
          SIZE,
          "run_id",
          "$3");

  /** Before every run id; a condition that is there or not would not be one of the index. */
  private static final UUID BEFORE_ALL = new UUID(0, 0);

  /** An owner's shards change while it reads; its place in time does not depend on them. */
  private static final ListDueRequest ANY_DUE = ListDueRequest.getDefaultInstance();

  private final Pool pool;
  private final PageTokens tokens;

  public WorkflowQueries(Pool pool, PageTokens tokens) {
    this.pool = pool;
    this.tokens = tokens;
  }

  public Future<GetWorkflowRowResponse> get(GetWorkflowRowRequest request) {
    var rows =
        request.hasRunId()
            ? ask(BY_RUN, Tuple.of(UUID.fromString(request.getRunId()), request.getNamespace()))
            : ask(BY_WORKFLOW_ID, Tuple.of(request.getNamespace(), request.getWorkflowId()));
    return rows.map(found -> {
      if (found.size() == 0) {
        throw notFound(request);
      }
      return GetWorkflowRowResponse.newBuilder()
          .setWorkflow(IndexRows.workflow(found.iterator().next()))
          .build();
    });
  }

  private static Fault notFound(GetWorkflowRowRequest request) {
    String id = request.hasRunId() ? request.getRunId() : request.getWorkflowId();
    return Fault.notFound(
            "WORKFLOW_NOT_FOUND",
            "There is no workflow %s in namespace %s.".formatted(id, request.getNamespace()))
        .with(request.hasRunId() ? "run_id" : "workflow_id", id)
        .with("namespace", request.getNamespace());
  }

  public Future<ListWorkflowRowsResponse> list(ListWorkflowRowsRequest request) {
    var question = request.toBuilder().clearPageSize().clearPageToken().build();
    List<String> place = tokens.place(question, request.getPageToken());
    int limit = PageSize.of(request.getPageSize(), USUAL_LIST, MOST);
    var sql =
        new Conditions()
            .text("namespace =", request.getNamespace())
            .text("workflow_type =", request.getWorkflowType())
            .id("correlation_id =", request.getCorrelationId())
            .anyOf("current_state", request.getStatesList());
    leadToIndex(sql, request.getStatesList());
    if (request.hasSince()) {
      sql.and("started_at >=", Times.of(request.getSince()));
    }
    if (request.hasUntil()) {
      sql.and("started_at <", Times.of(request.getUntil()));
    }
    if (!place.isEmpty()) {
      sql.and(
          "(started_at, run_id) <",
          OffsetDateTime.parse(place.getFirst()),
          UUID.fromString(place.getLast()));
    }
    String text = page(sql, "started_at desc, run_id desc", limit);
    return ask(text, sql.arguments())
        .map(rows -> {
          var page = Page.of(rows, limit, IndexRows::workflow);
          var answer = ListWorkflowRowsResponse.newBuilder().addAllWorkflows(page.items());
          page.lastOfMore()
              .ifPresent(last -> answer.setNextPageToken(tokens.token(question, place(last))));
          return answer.build();
        });
  }

  private static String page(Conditions sql, String order, int limit) {
    String rows = "workflow_executions " + sql.where();
    return Page.question(COLUMNS, rows, SIZE, order, sql.argument(limit + 1));
  }

  private static List<String> place(StoredWorkflow last) {
    return List.of(Times.of(last.getRow().getStartedAt()).toString(), last.getRow().getRunId());
  }

  /** Says of states what the partial indexes say of their rows. */
  private static void leadToIndex(Conditions sql, List<String> states) {
    boolean ended = states.contains("COMPLETED") || states.stream().anyMatch(RARE_ENDS::contains);
    if (!states.isEmpty() && !ended) {
      sql.always("not finished");
    } else if (!states.isEmpty() && RARE_ENDS.containsAll(states)) {
      sql.always("finished and current_state <> 'COMPLETED'");
    }
  }

  public Future<ListUnfinishedResponse> unfinished(ListUnfinishedRequest request) {
    UUID after =
        request.getAfterRunId().isEmpty() ? BEFORE_ALL : IndexRows.runId(request.getAfterRunId());
    var arguments =
        Tuple.tuple()
            .addArrayOfInteger(request.getShardsList().toArray(Integer[]::new))
            .addUUID(after)
            .addInteger(PageSize.of(request.getPageSize(), USUAL_BATCH, MOST));
    return ask(UNFINISHED, arguments)
        .map(rows -> {
          var answer = ListUnfinishedResponse.newBuilder();
          rows.forEach(row -> answer.addWorkflows(IndexRows.workflow(row)));
          return answer.build();
        });
  }

  public Future<ListDueResponse> due(ListDueRequest request) {
    List<String> place = tokens.place(ANY_DUE, request.getPageToken());
    int limit = PageSize.of(request.getPageSize(), USUAL_BATCH, MOST);
    var sql =
        new Conditions()
            .always("not finished")
            .always("due_at <= now()")
            .anyOf("shard", request.getShardsList().toArray(Integer[]::new));
    if (!place.isEmpty()) {
      sql.and(
          "(due_at, run_id) >",
          OffsetDateTime.parse(place.getFirst()),
          UUID.fromString(place.getLast()));
    }
    String text = page(sql, "due_at, run_id", limit);
    return ask(text, sql.arguments())
        .map(rows -> {
          var page = Page.of(rows, limit, Due::of);
          var answer = ListDueResponse.newBuilder();
          page.items().forEach(due -> answer.addWorkflows(due.run()));
          page.lastOfMore()
              .ifPresent(last -> answer.setNextPageToken(tokens.token(ANY_DUE, last.place())));
          return answer.build();
        });
  }

  /** A due run with the time that its message tells only as what is left of it. */
  private record Due(StoredWorkflow run, OffsetDateTime at) {
    static Due of(Row row) {
      return new Due(IndexRows.workflow(row), row.getOffsetDateTime("due_at"));
    }

    List<String> place() {
      return List.of(at.toString(), run.getRow().getRunId());
    }
  }

  private Future<RowSet<Row>> ask(String sql, Tuple arguments) {
    return pool.preparedQuery(sql)
        .execute(arguments)
        .recover(failure -> Future.failedFuture(Failures.fault(failure)));
  }
}
