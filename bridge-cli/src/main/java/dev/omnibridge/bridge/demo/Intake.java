// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.demo;

import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.content.v1.PutContentRequest;
import dev.omnibridge.api.content.v1.StatContentRequest;
import dev.omnibridge.api.content.v1.StoredContent;
import dev.omnibridge.bridge.client.Client;
import dev.omnibridge.bridge.client.Crew;
import dev.omnibridge.bridge.client.FileChunks;
import dev.omnibridge.bridge.demo.Material.SourceFile;
import dev.omnibridge.bridge.view.Progress;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.rpc.Peer;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Brings files into the content store: hashes them here, asks what is missing there, and streams
 * only that, a few at a time. A file that vanishes or changes while it is read is left out, and
 * told.
 */
final class Intake {
  private static final int AT_ONCE = 4;
  private static final int HASHES_PER_CALL = 1_000;

  private final Client client;
  private final Path root;
  private final Progress progress;
  private final List<String> skipped = new ArrayList<>();

  Intake(Client client, Path root, Progress progress) {
    this.client = client;
    this.root = root;
    this.progress = progress;
  }

  /** The files that are in the store now. */
  Material bring(List<Path> paths) {
    var files = new ArrayList<SourceFile>();
    for (Path path : paths) {
      hash(path, files);
    }
    Map<String, SourceFile> missing = missing(files);
    Set<String> failed = upload(missing.values());
    var stored = files.stream().filter(file -> !failed.contains(file.contentHash())).toList();
    return new Material(stored, List.copyOf(skipped), missing.size() - failed.size());
  }

  private void hash(Path path, List<SourceFile> files) {
    String name = path.toString().replace('\\', '/');
    var hasher = Blake3.hasher();
    var size = new AtomicLong();
    try {
      FileChunks.read(
          root.resolve(path),
          (chunk, _) -> {
            hasher.update(chunk.asReadOnlyByteBuffer());
            size.addAndGet(chunk.size());
            return true;
          });
      files.add(new SourceFile(name, hasher.finish().hex(), size.get()));
    } catch (IOException unreadable) {
      skip(name, unreadable);
    }
  }

  private Map<String, SourceFile> missing(List<SourceFile> files) {
    var missing = new LinkedHashMap<String, SourceFile>();
    files.forEach(file -> missing.putIfAbsent(file.contentHash(), file));
    List<String> hashes = List.copyOf(missing.keySet());
    for (int from = 0; from < hashes.size(); from += HASHES_PER_CALL) {
      var request =
          StatContentRequest.newBuilder()
              .addAllContentHashes(
                  hashes.subList(from, Math.min(from + HASHES_PER_CALL, hashes.size())))
              .build();
      client
          .call(Peer.DB_ADAPTER, ContentServiceGrpc.getStatContentMethod(), request)
          .getContentsList()
          .stream()
          .map(StoredContent::getContentHash)
          .forEach(missing::remove);
    }
    return missing;
  }

  /** The hashes that could not be stored. */
  private Set<String> upload(Collection<SourceFile> files) {
    var failed = new HashSet<String>();
    var done = new AtomicInteger();
    Crew.map(
            List.copyOf(files),
            AT_ONCE,
            file -> {
              boolean stored = upload(file);
              progress.update(done.incrementAndGet(), files.size(), "");
              return stored ? "" : file.contentHash();
            })
        .stream()
        .filter(hash -> !hash.isEmpty())
        .forEach(failed::add);
    return failed;
  }

  private boolean upload(SourceFile file) {
    try {
      var stored =
          client.upload(
              Peer.DB_ADAPTER,
              ContentServiceGrpc.getPutContentMethod(),
              FileChunks.limit(file.size()),
              (Client.Sink<PutContentRequest> sink) -> write(file, sink));
      return stored.getContentHash().equals(file.contentHash());
    } catch (IOException unreadable) {
      skip(file.path(), unreadable);
      return false;
    } catch (Fault fault) {
      if (fault.kind() != Kind.INVALID && fault.kind() != Kind.EXHAUSTED) {
        throw fault;
      }
      skip("%s was left out: %s".formatted(file.path(), fault.sentence()));
      return false;
    }
  }

  private void write(SourceFile file, Client.Sink<PutContentRequest> sink) throws IOException {
    FileChunks.read(
        root.resolve(file.path()),
        (chunk, first) -> {
          var message = PutContentRequest.newBuilder().setChunk(chunk);
          if (first) {
            message.setExpectedHash(file.contentHash());
          }
          return sink.write(message.build());
        });
  }

  private void skip(String name, IOException unreadable) {
    skip(
        unreadable instanceof NoSuchFileException
            ? name + " vanished before it was read."
            : "%s cannot be read (%s).".formatted(name, unreadable.getMessage()));
  }

  private synchronized void skip(String sentence) {
    skipped.add(sentence);
  }
}
