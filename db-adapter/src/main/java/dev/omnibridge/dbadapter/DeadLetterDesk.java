// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import dev.omnibridge.dbadapter.log.EditTrial;
import dev.omnibridge.dbadapter.log.ForeignEvents;
import dev.omnibridge.dbadapter.log.RedriveRules;
import dev.omnibridge.dbadapter.query.PageTokens;
import dev.omnibridge.dbadapter.rpc.DeadLetterApi;
import dev.omnibridge.dbadapter.store.BulkRedrives;
import dev.omnibridge.dbadapter.store.DeadLetterActions;
import dev.omnibridge.dbadapter.store.DeadLetterQueries;
import dev.omnibridge.dbadapter.stream.Inbox;
import dev.omnibridge.runtime.event.Catalogue;
import io.vertx.core.Context;
import io.vertx.sqlclient.Pool;
import java.util.Set;
import java.util.UUID;

/** Wires together what people can do about dead letters. */
record DeadLetterDesk(DbAdapterConfig config, Catalogue catalogue, UUID logId) {

  /** Queued is told when there is something for the lane of redrives. */
  DeadLetterApi api(Context context, Pool pool, PageTokens tokens, Runnable queued) {
    var rules = rules();
    return new DeadLetterApi(
        context,
        new DeadLetterQueries(pool, tokens),
        new DeadLetterActions(
            pool,
            rules,
            new EditTrial(
                new ForeignEvents(catalogue, config.environment(), logId), Inbox.CONSUMER),
            new BulkRedrives(pool, tokens, rules, config.deadLetters().redrivesPerSecond()),
            logId,
            queued));
  }

  private RedriveRules rules() {
    return new RedriveRules(
        Set.copyOf(catalogue.topicsOf(config.environment()).keySet()),
        config.deadLetters().redriveLimit());
  }
}
