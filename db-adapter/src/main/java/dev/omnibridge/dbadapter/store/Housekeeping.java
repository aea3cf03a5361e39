// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.runtime.LogKeys;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be done now and then: partitions for the months to come, request ids that have
 * lapsed, contents that nobody uses, uploads that nobody finished. Every db-adapter does it; doing
 * it twice changes nothing.
 */
public final class Housekeeping {
  private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);
  private static final Duration EVERY = Duration.ofHours(1);

  private static final String FORGET_REQUEST_IDS =
      """
      delete from request_ids where (namespace, request_id) in
        (select namespace, request_id from request_ids
          where created_at < now() - interval '7 days' limit 10000)
      """;

  private final Vertx vertx;
  private final Pool pool;
  private final Schema schema;
  private final ContentStore content;
  private final Collection<String> retentions;
  private final Duration contentKept;
  private long timer;

  /** Contents are kept so long after their last use; zero keeps them for ever. */
  public Housekeeping(
      Vertx vertx,
      Pool pool,
      Schema schema,
      ContentStore content,
      Collection<String> retentions,
      Duration contentKept) {
    this.vertx = vertx;
    this.pool = pool;
    this.schema = schema;
    this.content = content;
    this.retentions = retentions;
    this.contentKept = contentKept;
  }

  public void start() {
    timer = vertx.setPeriodic(0, EVERY.toMillis(), _ -> tidy());
  }

  private void tidy() {
    var unused =
        schema
            .partitions(retentions)
            .transform(made -> told("partitions", made))
            .compose(_ -> pool.query(FORGET_REQUEST_IDS).execute())
            .transform(forgotten -> told("request ids", forgotten))
            .compose(_ -> forgetContents())
            .transform(forgotten -> told("contents", forgotten))
            .compose(_ -> content.sweep())
            .transform(swept -> told("uploads", swept));
  }

  private Future<?> forgetContents() {
    return contentKept.isZero() ? Future.succeededFuture() : content.forget(contentKept);
  }

  private static Future<Void> told(String what, io.vertx.core.AsyncResult<?> done) {
    if (done.failed()) {
      log.atWarn()
          .addKeyValue("what", what)
          .addKeyValue(LogKeys.REASON, done.cause().getMessage())
          .log("housekeeping is put off");
    }
    return Future.succeededFuture();
  }

  public void stop() {
    vertx.cancelTimer(timer);
  }
}
