// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.runtime.LogKeys;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be done now and then: partitions for the months to come, months of events that are
 * old, request ids that have lapsed, contents that nobody uses, uploads that nobody finished. Each
 * in small statements, until nothing is left or its minutes are over. Every db-adapter does it;
 * doing it twice changes nothing.
 */
public final class Housekeeping {
  private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);
  private static final Duration EVERY = Duration.ofHours(1);
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final int REQUEST_IDS_AT_ONCE = 10_000;

  private static final String FORGET_REQUEST_IDS =
      """
      delete from request_ids where (namespace, request_id) in
        (select namespace, request_id from request_ids
          where created_at < now() - interval '7 days' limit %d)
      """
          .formatted(REQUEST_IDS_AT_ONCE);

  private final Vertx vertx;
  private final Pool pool;
  private final Schema schema;
  private final Retirement retirement;
  private final ContentStore content;
  private final Collection<String> retentions;
  private final Duration contentKept;
  private final Rounds rounds = new Rounds(System::nanoTime, LIMIT);
  private final AtomicBoolean tidying = new AtomicBoolean();
  private long timer;

  /** Contents are kept so long after their last use; zero keeps them for ever. */
  public Housekeeping(
      Vertx vertx,
      Pool pool,
      Schema schema,
      Retirement retirement,
      ContentStore content,
      Collection<String> retentions,
      Duration contentKept) {
    this.vertx = vertx;
    this.pool = pool;
    this.schema = schema;
    this.retirement = retirement;
    this.content = content;
    this.retentions = retentions;
    this.contentKept = contentKept;
  }

  public void start() {
    timer =
        vertx.setPeriodic(
            0,
            EVERY.toMillis(),
            _ -> {
              var unused = tidy();
            });
  }

  /** Everything once; nothing while that is under way already. */
  Future<Void> tidy() {
    if (tidying.getAndSet(true)) {
      return Future.succeededFuture();
    }
    return schema
        .partitions(retentions)
        .transform(made -> told("partitions", made))
        .compose(_ -> rounds.repeat(this::forgetRequestIds))
        .transform(forgotten -> told("request ids", forgotten))
        .compose(_ -> rounds.repeat(this::forgetContents))
        .transform(forgotten -> told("contents", forgotten))
        .compose(_ -> rounds.repeat(content::sweep))
        .transform(swept -> told("uploads", swept))
        .compose(_ -> retirement.pass())
        .transform(retired -> told("old events", retired))
        .onComplete(_ -> tidying.set(false));
  }

  private Future<Boolean> forgetRequestIds() {
    return pool.query(FORGET_REQUEST_IDS)
        .execute()
        .map(forgotten -> forgotten.rowCount() == REQUEST_IDS_AT_ONCE);
  }

  private Future<Boolean> forgetContents() {
    return contentKept.isZero() ? Future.succeededFuture(false) : content.forget(contentKept);
  }

  private Future<Void> told(String what, AsyncResult<?> done) {
    if (done.failed() && !rounds.stopped()) {
      log.atWarn()
          .addKeyValue("what", what)
          .addKeyValue(LogKeys.REASON, done.cause().getMessage())
          .log("housekeeping is put off");
    }
    return Future.succeededFuture();
  }

  public void stop() {
    rounds.stop();
    retirement.stop();
    vertx.cancelTimer(timer);
  }
}
