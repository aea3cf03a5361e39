// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.ActionContext;
import dev.omnibridge.api.log.v1.DeadLetterServiceGrpc;
import dev.omnibridge.api.log.v1.RecordEdit;
import dev.omnibridge.api.log.v1.RecordHeader;
import dev.omnibridge.api.log.v1.RedriveDeadLetterRequest;
import dev.omnibridge.api.log.v1.RedriveDeadLettersRequest;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.runtime.rpc.Peer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends the records of dead letters to their topics again. */
@Command(
    name = "redrive",
    description = "Sends the record of a dead letter to its topic again, or those of many.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge dead-letters redrive 17 --value @fixed.json --reason 'producer sent no id'",
      "  ./bridge dead-letters redrive 17 --header ce_type=org.other.measured.v2",
      "  ./bridge dead-letters redrive --all --error-class RETRYABLE --dry-run",
      "  ./bridge dead-letters redrive --all --since 1d --rate 50 --wait"
    })
final class LetterRedriveCommand implements Callable<Integer> {
  private static final int MOST_BYTES = 512 * 1024;
  private static final String[] OF_MANY = {
    "--dry-run", "--limit", "--rate", "--newest-first", "--page-token"
  };

  private final Setting setting;

  @Parameters(paramLabel = "ID", arity = "0..1", description = "Number of the letter.")
  private @Nullable Long id;

  @Option(names = "--all", description = "All that the filters match, as they are.")
  private boolean all;

  @Option(
      names = "--value",
      paramLabel = "TEXT|@FILE",
      description = "The record's new value; the letter keeps the old one.")
  private @Nullable String value;

  @Option(
      names = "--header",
      paramLabel = "KEY=VALUE",
      description = "Set a header, in place of all of its key.")
  private List<String> headers = new ArrayList<>();

  @Option(names = "--remove-header", paramLabel = "KEY", description = "Leave a header out.")
  private List<String> removed = new ArrayList<>();

  @Option(
      names = "--force",
      description = "Also what will probably fail again; never more often than the limit.")
  private boolean force;

  @Option(names = "--dry-run", description = "With --all: only tell what would be done.")
  private boolean dryRun;

  @Option(
      names = "--limit",
      paramLabel = "COUNT",
      description = "With --all: look at so many at most (default: 1000, at most 10000).")
  private int limit;

  @Option(
      names = "--rate",
      paramLabel = "COUNT",
      description = "With --all: records per second (default: as the server has it, 100).")
  private int rate;

  @Option(names = "--newest-first", description = "With --all: begin with the newest.")
  private boolean newestFirst;

  @Option(
      names = "--page-token",
      paramLabel = "TOKEN",
      description = "With --all: go on where the same question stopped before.")
  private String token = "";

  @Option(names = "--wait", description = "Wait until Kafka has the records, and show how far.")
  private boolean wait;

  @Mixin private LetterFilterOptions filter = new LetterFilterOptions();
  @Mixin private ActorOptions actor = new ActorOptions();
  @Mixin private ClientOptions client = new ClientOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  LetterRedriveCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    Long one = id;
    if ((one == null) != all) {
      throw new CliFailure(ExitCode.USAGE, "Give the number of a letter, or --all with filters.");
    }
    if (one == null && isEdited()) {
      throw new CliFailure(ExitCode.USAGE, "Only one letter at a time can be changed.");
    }
    if (one != null) {
      Pointless.refuse(spec, "goes with --all", OF_MANY);
      Pointless.refuse(spec, "goes with --all", LetterFilterOptions.NAMES);
    }
    try (Session session = client.open(setting)) {
      ActionContext context = actor.context(setting);
      return one == null ? redriveAll(session, context) : redrive(session, one, context);
    }
  }

  private boolean isEdited() {
    return value != null || !headers.isEmpty() || !removed.isEmpty();
  }

  private int redrive(Session session, long letterId, ActionContext context) {
    var request =
        RedriveDeadLetterRequest.newBuilder()
            .setLetterId(letterId)
            .setForce(force)
            .setContext(context);
    if (isEdited()) {
      request.setEdit(edit());
    }
    var answer =
        session
            .client()
            .call(
                Peer.DB_ADAPTER,
                DeadLetterServiceGrpc.getRedriveDeadLetterMethod(),
                request.build());
    var view = new RedriveView(session);
    view.queued(answer.getRedrive());
    return wait ? view.wait(context.getRequestId(), 1) : ExitCode.OK.code();
  }

  private RecordEdit edit() {
    var edit = RecordEdit.newBuilder().addAllRemoveHeaders(removed);
    if (value != null) {
      edit.setValue(bytes(value));
    }
    for (String header : headers) {
      int equals = header.indexOf('=');
      if (equals < 1) {
        throw new CliFailure(
            ExitCode.USAGE, "'%s' is no header; give KEY=VALUE.".formatted(header));
      }
      edit.addSetHeaders(
          RecordHeader.newBuilder()
              .setKey(header.substring(0, equals))
              .setValue(ByteString.copyFromUtf8(header.substring(equals + 1))));
    }
    return edit.build();
  }

  /** Of the text itself, of a file for "@FILE", of stdin for "@-"; any bytes, as records are. */
  private static ByteString bytes(String argument) {
    if (!argument.startsWith("@")) {
      return ByteString.copyFromUtf8(argument);
    }
    String name = argument.substring(1);
    try (InputStream in = name.equals("-") ? System.in : Files.newInputStream(Path.of(name))) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new CliFailure(
            ExitCode.USAGE, name + " is larger than the 512 KiB that an event may have.");
      }
      return ByteString.copyFrom(bytes);
    } catch (IOException unreadable) {
      throw Inputs.unreadable(name, unreadable);
    }
  }

  private int redriveAll(Session session, ActionContext context) {
    var request =
        RedriveDeadLettersRequest.newBuilder()
            .setFilter(filter.filter())
            .setLimit(limit)
            .setPageToken(token)
            .setNewestFirst(newestFirst)
            .setDryRun(dryRun)
            .setForce(force)
            .setPerSecond(rate)
            .setContext(context)
            .build();
    var answer =
        session
            .client()
            .call(Peer.DB_ADAPTER, DeadLetterServiceGrpc.getRedriveDeadLettersMethod(), request);
    var view = new RedriveView(session);
    view.verdicts(answer, dryRun, context.getRequestId(), filter.times());
    return wait && !dryRun && answer.getEligible() > 0
        ? view.wait(context.getRequestId(), answer.getEligible())
        : ExitCode.OK.code();
  }
}
