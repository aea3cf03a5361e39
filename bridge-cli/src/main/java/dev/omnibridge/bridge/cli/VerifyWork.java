// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.stamping.v1.GetStampRequest;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.bridge.cli.Verdict.Status;
import dev.omnibridge.bridge.client.Client;
import dev.omnibridge.bridge.files.FileHasher;
import dev.omnibridge.bridge.files.Found;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.stamping.stamp.Digests;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares files with what the suite has of them, and with the stamps that are written in them. */
final class VerifyWork {
  private final Client client;
  private final FileHasher hasher;
  private final String namespace;
  private final boolean strict;

  VerifyWork(Client client, FileHasher hasher, String namespace, boolean strict) {
    this.client = client;
    this.hasher = hasher;
    this.namespace = namespace;
    this.strict = strict;
  }

  List<Verdict> verify(List<Found> batch) throws InterruptedException {
    List<Verdict> verdicts = new ArrayList<>(batch.size());
    for (Found found : batch) {
      try {
        verdicts.add(
            switch (found) {
              case Found.Unreadable unreadable -> unreadable(found.path(), unreadable.why());
              case Found.File file -> verify(file.path());
            });
      } catch (IOException failure) {
        verdicts.add(unreadable(found.path(), failure));
      }
    }
    return verdicts;
  }

  private static Verdict unreadable(Path file, IOException why) {
    var failed = FileFaults.of(file, why);
    return new Verdict(failed.path(), 0, Status.UNREADABLE, null, failed.problem());
  }

  private Verdict verify(Path file) throws IOException, InterruptedException {
    String name = FileFaults.name(file);
    Digests digests;
    String written;
    boolean unchecked;
    try (var turn = hasher.turn()) {
      digests = turn.digests(file);
      var stamps = new WrittenStamps(strict);
      written = stamps.problem(file, digests);
      unchecked = stamps.isTooLarge(file, digests);
    }
    Stamp stamp = find(digests.fileHash().hex());
    if (!written.isEmpty()) {
      return new Verdict(name, digests.size(), Status.ALTERED, stamp, written);
    }
    if (stamp == null) {
      return new Verdict(
          name, digests.size(), Status.UNKNOWN, null, "nothing with its hash was stamped");
    }
    boolean same = stamp.getContentHash().equals(digests.contentHash().hex());
    String large = unchecked ? "it is too large to check the stamps in it" : "";
    if (!same) {
      String problem = "the same text in other bytes" + (unchecked ? "; " + large : "");
      return new Verdict(name, digests.size(), Status.SAME_TEXT, stamp, problem);
    }
    Status status = unchecked ? Status.UNCHECKED : Status.OK;
    return new Verdict(name, digests.size(), status, stamp, large);
  }

  private @Nullable Stamp find(String hash) {
    var request = GetStampRequest.newBuilder().setNamespace(namespace).setHash(hash).build();
    try {
      return client
          .call(Peer.STAMPING, StampingServiceGrpc.getGetStampMethod(), request)
          .getStamp();
    } catch (Fault fault) {
      if (fault.kind() == Kind.NOT_FOUND) {
        return null;
      }
      throw fault;
    }
  }
}
