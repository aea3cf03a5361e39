// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.log.v1.DeadLetterServiceGrpc;
import dev.omnibridge.api.log.v1.GetDeadLetterRequest;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows one dead letter with its record and its history. */
@Command(
    name = "show",
    description =
        "Shows one dead letter: its record as it was, why it was given up, what was done.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge dead-letters show 17",
      "  ./bridge dead-letters show 17 --as hex",
      "  ./bridge dead-letters show 17 -o json | jq -er '.record.value // empty' | base64 -d > value"
    })
final class LetterShowCommand implements Callable<Integer> {
  private final Setting setting;

  @Parameters(paramLabel = "ID", description = "Number of the letter.")
  private long id;

  @Option(
      names = "--as",
      paramLabel = "FORM",
      description =
          "How bytes are shown: json, utf8, hex or base64 (default: the first of them that fits).")
  private BytesForm form = BytesForm.AUTO;

  @Mixin private ClientOptions client = new ClientOptions();

  LetterShowCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    try (Session session = client.open(setting)) {
      var found =
          session
              .client()
              .call(
                  Peer.DB_ADAPTER,
                  DeadLetterServiceGrpc.getGetDeadLetterMethod(),
                  GetDeadLetterRequest.newBuilder().setLetterId(id).build());
      new LetterView(session, form).show(found);
      return ExitCode.OK.code();
    }
  }
}
