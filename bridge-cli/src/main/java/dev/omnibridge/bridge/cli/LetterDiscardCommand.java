// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.log.v1.DeadLetterServiceGrpc;
import dev.omnibridge.api.log.v1.DiscardDeadLettersRequest;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.view.ProtoJson;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Closes dead letters that nobody needs. */
@Command(
    name = "discard",
    description = "Closes dead letters that nobody needs; all of them or none, for a --reason.",
    footerHeading = "%nExamples:%n",
    footer = "  ./bridge dead-letters discard 18 19 --reason 'of a load test'")
final class LetterDiscardCommand implements Callable<Integer> {
  private final Setting setting;

  @Parameters(paramLabel = "ID", arity = "1..*", description = "Numbers of the letters.")
  private List<Long> ids = new ArrayList<>();

  @Mixin private ActorOptions actor = new ActorOptions();
  @Mixin private ClientOptions client = new ClientOptions();

  LetterDiscardCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    var request =
        DiscardDeadLettersRequest.newBuilder()
            .addAllLetterIds(ids)
            .setContext(actor.context(setting))
            .build();
    try (Session session = client.open(setting)) {
      var answer =
          session
              .client()
              .call(Peer.DB_ADAPTER, DeadLetterServiceGrpc.getDiscardDeadLettersMethod(), request);
      if (session.json()) {
        session.document(ProtoJson.of(answer));
      } else {
        session.line("%d discarded".formatted(answer.getDiscarded()));
      }
      return ExitCode.OK.code();
    }
  }
}
