// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.util.Timestamps;
import dev.omnibridge.api.intelligence.v1.AnalyzeTreeRequest;
import dev.omnibridge.api.intelligence.v1.AnalyzeTreeResponse;
import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc;
import dev.omnibridge.api.intelligence.v1.TreeEntries;
import dev.omnibridge.api.intelligence.v1.TreeEntry;
import dev.omnibridge.api.intelligence.v1.TreeHeader;
import dev.omnibridge.runtime.rpc.Peer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** Streams the files of a project to the intelligence service, the first part of each. */
public final class TreeUpload {
  private static final int OF_EACH_FILE = 64 * 1024;
  private static final int BYTES_PER_MESSAGE = 1024 * 1024;
  private static final int FILES_PER_MESSAGE = 200;
  private static final int FILES_PER_SECOND = 50;

  private TreeUpload() {}

  /**
   * What was stored.
   *
   * @param leftOut files that could not be read
   */
  public record Sent(AnalyzeTreeResponse tree, List<Path> leftOut) {}

  /** Stores the tree of these files, relative to the root. */
  public static Sent send(Client client, Path root, List<Path> files, IntConsumer progress)
      throws IOException {
    var leftOut = new ArrayList<Path>();
    AnalyzeTreeResponse tree =
        client.upload(
            Peer.INTELLIGENCE,
            IntelligenceServiceGrpc.getAnalyzeTreeMethod(),
            Client.LIMIT.plus(Duration.ofSeconds(files.size() / FILES_PER_SECOND)),
            (Client.Sink<AnalyzeTreeRequest> sink) -> {
              // Of the last attempt only.
              leftOut.clear();
              leftOut.addAll(write(root, files, progress, sink));
            });
    return new Sent(tree, List.copyOf(leftOut));
  }

  /** Gives those that could not be read. */
  private static List<Path> write(
      Path root, List<Path> files, IntConsumer progress, Client.Sink<AnalyzeTreeRequest> sink) {
    var leftOut = new ArrayList<Path>();
    String name = root.toAbsolutePath().normalize().toString().replace('\\', '/');
    boolean open =
        sink.write(
            AnalyzeTreeRequest.newBuilder()
                .setHeader(TreeHeader.newBuilder().setProjectRoot(name))
                .build());
    var message = TreeEntries.newBuilder();
    long bytes = 0;
    int done = 0;
    for (Path file : files) {
      if (message.getEntriesCount() >= FILES_PER_MESSAGE || bytes >= BYTES_PER_MESSAGE) {
        open = open && sink.write(part(message));
        message.clear();
        bytes = 0;
        progress.accept(done);
      }
      if (!open) {
        return leftOut;
      }
      try {
        bytes += add(root, file, message);
      } catch (IOException unreadable) {
        leftOut.add(file);
      }
      done++;
    }
    if (message.getEntriesCount() > 0) {
      boolean unused = sink.write(part(message));
    }
    progress.accept(done);
    return leftOut;
  }

  private static AnalyzeTreeRequest part(TreeEntries.Builder entries) {
    return AnalyzeTreeRequest.newBuilder().setEntries(entries.build()).build();
  }

  private static int add(Path root, Path file, TreeEntries.Builder message) throws IOException {
    Path path = root.resolve(file);
    try (InputStream in = Files.newInputStream(path)) {
      ByteString content = UnsafeByteOperations.unsafeWrap(in.readNBytes(OF_EACH_FILE));
      message.addEntries(
          TreeEntry.newBuilder()
              .setPath(file.toString().replace('\\', '/'))
              .setSize(Math.max(Files.size(path), content.size()))
              .setLastModified(Timestamps.fromMillis(Files.getLastModifiedTime(path).toMillis()))
              .setContent(content));
      return content.size();
    }
  }
}
