// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.CreateStampResponse;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.bridge.cli.Outcome.Failed;
import dev.omnibridge.bridge.client.Client;
import dev.omnibridge.bridge.client.StampBatch;
import dev.omnibridge.bridge.files.FileHasher;
import dev.omnibridge.bridge.files.FileReplacement;
import dev.omnibridge.bridge.files.Found;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.stamping.stamp.Digests;
import dev.omnibridge.stamping.stamp.FileDigest;
import dev.omnibridge.stamping.stamp.Validation;
import dev.omnibridge.stamping.stamp.Validation.Demands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stamps files and writes the stamps: into texts, in place of the stamps that they hold, or beside
 * files. What is not text keeps its bytes in any case; it gets a stamp beside it when that is the
 * format, and otherwise one that is only in the log.
 */
final class StampWriting {
  /** The largest text that the suite writes a stamp into. */
  private static final long MOST_TEXT = 1024 * 1024;

  /** Why a text is better left as it is, and how that is said. */
  private static final Map<String, String> LOG_ALONE =
      Map.of(
          "LANGUAGE_WITHOUT_COMMENTS", "its language has no comments, so the log alone has it",
          "STAMP_AMBIGUOUS",
              "a stamp could not be told from what it holds, so the log alone has it",
          "TEXT_ENDS_IN_DATA", "it ends in data, so the log alone has it");

  private final Client client;
  private final FileHasher hasher;
  private final WriteFormat format;
  private final Function<String, StampOptions> options;

  StampWriting(
      Client client,
      FileHasher hasher,
      WriteFormat format,
      Function<String, StampOptions> options) {
    this.client = client;
    this.hasher = hasher;
    this.format = format;
    this.options = options;
  }

  List<Outcome> write(List<Found> batch) throws InterruptedException {
    return StampWork.each(batch, this::write);
  }

  private Outcome write(Path file) throws IOException, InterruptedException {
    Digests digests;
    try (var turn = hasher.turn()) {
      digests = turn.digests(file);
    }
    if (format == WriteFormat.DETACHED || !digests.text()) {
      return beside(file, digests);
    }
    String name = FileFaults.name(file);
    return digests.size() > MOST_TEXT
        ? new Failed(
            name,
            "TEXT_TOO_LARGE",
            name + " is too large to have a stamp written into it; --format detached fits")
        : into(file, name, digests);
  }

  /** The stamp goes into a file of its own, or nowhere. */
  private Outcome beside(Path file, Digests digests) throws IOException {
    String name = FileFaults.name(file);
    boolean detached = format == WriteFormat.DETACHED;
    var asked = options.apply(name).toBuilder();
    if (detached) {
      asked.setFormat(format.format()).setReturnStampedContent(true);
    }
    var answer = create(StampBatch.order(digests, asked.build()));
    return detached
        ? StampWork.stamped(name, answer, sidecar(file, answer))
        : StampWork.stamped(name, answer, "").noting("it is no text, so the log alone has it");
  }

  private Outcome into(Path file, String name, Digests digests) throws IOException {
    try {
      return into(file, name);
    } catch (Fault fault) {
      @Nullable String why = LOG_ALONE.get(fault.reason());
      if (why == null) {
        throw fault;
      }
      var answer = create(StampBatch.order(digests, options.apply(name)));
      return StampWork.stamped(name, answer, "").noting(why);
    }
  }

  private Outcome into(Path file, String name) throws IOException {
    byte[] text = Files.readAllBytes(file);
    var asked =
        options.apply(name).toBuilder()
            .setFormat(format.format())
            .setReturnStampedContent(true)
            .build();
    var answer =
        create(
            CreateStampRequest.newBuilder()
                .setContent(ByteString.copyFrom(text))
                .setOptions(asked)
                .build());
    byte[] stamped = answer.getStampedContent().toByteArray();
    if (!FileDigest.of(stamped).fileHash().hex().equals(answer.getStamp().getFileHash())
        || !WrittenText.of(stamped).isWith(WrittenText.of(text))) {
      return new Failed(
          name,
          "TEXT_WOULD_CHANGE",
          name + " would lose or gain more than a stamp, so it is left as it is");
    }
    if (!answer.getSidecar().isEmpty()) {
      String unused = sidecar(file, answer);
    }
    if (Arrays.equals(text, stamped) || holds(text, answer.getStamp())) {
      return StampWork.stamped(name, answer, "");
    }
    FileReplacement.write(file, text, stamped);
    return StampWork.stamped(name, answer, name);
  }

  /**
   * True when the text has this stamp and no other. A rich one states the size of what was stamped,
   * which its own lines change: written anew each time, it would never come to rest.
   */
  private boolean holds(byte[] text, Stamp stamp) {
    var checks = Validation.of(text, null, new Demands(null, false, true)).checks();
    return format != WriteFormat.TOOL_METADATA
        && checks.size() == 1
        && checks.getFirst().valid()
        && checks.getFirst().type() == format.type()
        && (checks.getFirst().uid().isEmpty()
            || checks.getFirst().uid().equals(stamp.getStampId()));
  }

  /** Writes the sidecar where it is not yet, and gives its name. */
  private static String sidecar(Path file, CreateStampResponse answer) throws IOException {
    byte[] document = answer.getSidecar().toByteArray();
    var beside = SidecarFile.of(file);
    if (document.length == 0 || !answer.getSidecarName().equals(beside.name())) {
      throw Fault.broken(new IllegalStateException("A stamp came without its sidecar"));
    }
    return beside.write(document) ? FileFaults.name(beside.path()) : "";
  }

  private CreateStampResponse create(CreateStampRequest request) {
    return client.call(Peer.STAMPING, StampingServiceGrpc.getCreateStampMethod(), request);
  }
}
