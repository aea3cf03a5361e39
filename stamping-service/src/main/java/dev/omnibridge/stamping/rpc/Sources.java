// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.ClientDigests;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.GetSliceRequest;
import dev.omnibridge.api.stamping.v1.GetSliceResponse;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.runtime.blake3.slice.Range;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.stamping.stamp.Digests;
import dev.omnibridge.stamping.stamp.Digests.Nature;
import dev.omnibridge.stamping.stamp.HashedBy;
import dev.omnibridge.stamping.store.ContentSource;
import dev.omnibridge.stamping.store.Hashed;
import dev.omnibridge.stamping.store.Hashing;
import dev.omnibridge.stamping.store.ServerFiles;
import io.vertx.core.Future;
import java.time.Duration;

/** Where the bytes of a request are, and their digests from there. */
public final class Sources {
  private static final Hash NOTHING = Blake3.hash(new byte[0]);

  private final Hashing hashing;
  private final ContentSource content;
  private final ServerFiles files;
  private final boolean trustsClients;

  /**
   * @param trustsClients whether digests that a client computed are taken
   */
  public Sources(Hashing hashing, ContentSource content, ServerFiles files, boolean trustsClients) {
    this.hashing = hashing;
    this.content = content;
    this.files = files;
    this.trustsClients = trustsClients;
  }

  Hashing hashing() {
    return hashing;
  }

  Future<Hashed> hash(CreateStampRequest request, CallScope scope) {
    return switch (request.getSourceCase()) {
      case CONTENT -> inline(request.getContent(), scope);
      case CONTENT_HASH ->
          content.hash(Hashes.parse("content_hash", request.getContentHash()), scope);
      case DIGESTS -> Future.succeededFuture(claimed(request.getDigests()));
      case SERVER_PATH -> files.hash(request.getServerPath(), scope);
      case SOURCE_NOT_SET ->
          throw Fault.invalidField("INVALID_REQUEST", "source", "The request names no source.");
    };
  }

  /** The slice of a stored content that a client asks for. */
  Future<GetSliceResponse> slice(GetSliceRequest request, CallScope scope) {
    var range = new Range(request.getOffset(), request.getLength());
    return content
        .slice(Hashes.parse("content_hash", request.getContentHash()), range, scope)
        .map(taken ->
            GetSliceResponse.newBuilder()
                .setSlice(taken.slice())
                .setContentLength(taken.contentLength())
                .build());
  }

  private Future<Hashed> inline(ByteString bytes, CallScope scope) {
    return hashing.hash(bytes, scope);
  }

  private Hashed claimed(ClientDigests told) {
    if (!trustsClients) {
      throw Fault.of(
          Kind.REFUSED, "CLIENT_DIGESTS_REFUSED", "This service stamps only what it has hashed.");
    }
    Hash contentHash = Hashes.parse("digests.content_hash", told.getContentHash());
    Hash fileHash =
        told.getFileHash().isEmpty()
            ? contentHash
            : Hashes.parse("digests.file_hash", told.getFileHash());
    if (contentHash.equals(NOTHING) != (told.getSize() == 0)) {
      throw Fault.invalidField(
          "DIGESTS_CONTRADICT",
          "digests.size",
          "The content hash is that of no bytes, but the size is not 0, or the other way round.");
    }
    Nature nature = fileHash.equals(contentHash) ? Nature.BINARY : Nature.TEXT;
    return new Hashed(
        new Digests(contentHash, fileHash, told.getSize(), nature), HashedBy.CLIENT, Duration.ZERO);
  }
}
