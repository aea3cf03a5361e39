// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import dev.omnibridge.api.log.v1.ExportEventsRequest;
import dev.omnibridge.api.log.v1.ExportEventsResponse;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.Peer;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Reads all events that answer a question: each once, in order, also when the stream breaks and has
 * to be opened again, for which the cursor of the last part is enough.
 */
public final class EventExport {
  private static final Duration SLICE = Duration.ofMinutes(5);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Client client;
  private final QueryEventsRequest question;
  private String cursor;
  private boolean ended;

  /** Begins behind the cursor that is the page token of the question. */
  public EventExport(Client client, QueryEventsRequest question) {
    this.client = client;
    this.question = question;
    this.cursor = question.getPageToken();
  }

  /** Hands on every part on this thread, which the server waits for. */
  public void forEach(Consumer<ExportEventsResponse> consumer) {
    var attempts = new Attempts(PATIENCE);
    while (!ended) {
      String before = cursor;
      try {
        follow(consumer);
      } catch (Fault fault) {
        boolean went = !cursor.equals(before);
        if (went) {
          attempts = new Attempts(PATIENCE);
        }
        if (!(went && fault.kind() == Kind.TIMEOUT) && !attempts.pauseAfter(fault)) {
          throw fault;
        }
      }
    }
  }

  /** Where the next attempt would go on; empty before the first part and at the end. */
  public String cursor() {
    return cursor;
  }

  private void follow(Consumer<ExportEventsResponse> consumer) {
    var request =
        ExportEventsRequest.newBuilder()
            .setQuestion(question.toBuilder().setPageToken(cursor))
            .build();
    client.stream(
        Peer.DB_ADAPTER,
        LogServiceGrpc.getExportEventsMethod(),
        request,
        SLICE,
        (ExportEventsResponse part) -> {
          consumer.accept(part);
          cursor = part.getCursor();
          ended = cursor.isEmpty();
        });
  }
}
