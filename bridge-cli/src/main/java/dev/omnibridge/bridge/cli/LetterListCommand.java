// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.log.v1.DeadLetterServiceGrpc;
import dev.omnibridge.api.log.v1.ListDeadLettersRequest;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists dead letters. */
@Command(
    name = "list",
    description =
        "Lists dead letters, the newest first; those that are open unless told otherwise.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge dead-letters list",
      "  ./bridge dead-letters list --state any --since 1d --error-reason BODY_TOO_LARGE",
      "  ./bridge dead-letters list -o json | jq -r '.letters[].letterId'"
    })
final class LetterListCommand implements Callable<Integer> {
  private static final int MOST_PER_PAGE = 1_000;

  private final Setting setting;

  @Option(names = "--oldest-first", description = "Oldest first instead of newest first.")
  private boolean oldestFirst;

  @Mixin private LetterFilterOptions filter = new LetterFilterOptions();
  @Mixin private PageOptions pages = new PageOptions();
  @Mixin private ClientOptions client = new ClientOptions();

  LetterListCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    pages.check();
    try (Session session = client.open(setting)) {
      var question =
          ListDeadLettersRequest.newBuilder()
              .setFilter(filter.filter())
              .setOldestFirst(oldestFirst);
      var found =
          pages.read(
              MOST_PER_PAGE,
              (size, token) -> {
                var page =
                    session
                        .client()
                        .call(
                            Peer.DB_ADAPTER,
                            DeadLetterServiceGrpc.getListDeadLettersMethod(),
                            question.setPageSize(size).setPageToken(token).build());
                return new PageOptions.Page<>(page.getLettersList(), page.getNextPageToken());
              });
      new LettersView(session).list(found.items(), found.next(), filter.times());
      return ExitCode.OK.code();
    }
  }
}
