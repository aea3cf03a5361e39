// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.log.v1.DeadLetterServiceGrpc;
import dev.omnibridge.api.log.v1.ListDeadLetterActionsRequest;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells who did what about dead letters, or how far a redrive is. */
@Command(
    name = "history",
    description = "Tells who did what about dead letters, newest first; or how far a redrive is.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge dead-letters history",
      "  ./bridge dead-letters history 17",
      "  ./bridge dead-letters history --by ada@host -o json",
      "  ./bridge dead-letters history --request 01931b2e-..."
    })
final class LetterHistoryCommand implements Callable<Integer> {
  private static final int MOST_PER_PAGE = 1_000;

  private final Setting setting;

  @Parameters(paramLabel = "ID", arity = "0..1", description = "Only of this letter.")
  private long id;

  @Option(names = "--by", paramLabel = "NAME", description = "Only what this one did.")
  private String by = "";

  @Option(
      names = "--request",
      paramLabel = "UUID",
      description = "Tell how far the redrive of this request is.")
  private String request = "";

  @Mixin private PageOptions pages = new PageOptions();
  @Mixin private ClientOptions client = new ClientOptions();

  LetterHistoryCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    pages.check();
    try (Session session = client.open(setting)) {
      if (request.isEmpty()) {
        actions(session);
      } else {
        new RedriveView(session).progress(request);
      }
      return ExitCode.OK.code();
    }
  }

  private void actions(Session session) {
    var question = ListDeadLetterActionsRequest.newBuilder().setLetterId(id).setActor(by);
    var found =
        pages.read(
            MOST_PER_PAGE,
            (size, token) -> {
              var page =
                  session
                      .client()
                      .call(
                          Peer.DB_ADAPTER,
                          DeadLetterServiceGrpc.getListDeadLetterActionsMethod(),
                          question.setPageSize(size).setPageToken(token).build());
              return new PageOptions.Page<>(page.getActionsList(), page.getNextPageToken());
            });
    new LettersView(session).actions(found.items(), found.next());
  }
}
