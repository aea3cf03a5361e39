// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.api.stamping.v1.UploadStampRequest;
import dev.omnibridge.api.stamping.v1.UploadStampResponse;
import dev.omnibridge.runtime.rpc.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Streams a file to the stamping service. */
public final class StampUpload {
  private StampUpload() {}

  /** The stamp of the file's bytes as they were read. */
  public static UploadStampResponse send(Client client, Path file, StampOptions options)
      throws IOException {
    return client.upload(
        Peer.STAMPING,
        StampingServiceGrpc.getUploadStampMethod(),
        FileChunks.limit(Files.size(file)),
        (Client.Sink<UploadStampRequest> sink) ->
            FileChunks.read(
                file,
                (chunk, first) -> {
                  var message = UploadStampRequest.newBuilder().setChunk(chunk);
                  if (first) {
                    message.setOptions(options);
                  }
                  return sink.write(message.build());
                }));
  }
}
