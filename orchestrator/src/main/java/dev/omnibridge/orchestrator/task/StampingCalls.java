// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.CreateStampResponse;
import dev.omnibridge.api.stamping.v1.GetStampRequest;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.orchestrator.run.TaskRunner.Task;
import dev.omnibridge.runtime.Ids;
import dev.omnibridge.runtime.rpc.Calls;
import io.grpc.Channel;
import io.vertx.core.Future;
import java.time.Duration;

/** The calls stamp and verify. */
final class StampingCalls {
  private final Channel channel;

  StampingCalls(Channel channel) {
    this.channel = channel;
  }

  /** The operation's id is made from the idempotency key, so that a repeat is known as one. */
  Future<JsonNode> stamp(Task task, Duration deadline) {
    Arguments arguments = new Arguments("stamp", task.arguments());
    StampOptions.Builder options =
        StampOptions.newBuilder()
            .setNamespace(arguments.text("namespace", task.run().workflow().namespace()))
            .setFilePath(arguments.text("path", ""))
            .setContentType(arguments.text("contentType", ""))
            .setMetadata(arguments.object("metadata"))
            .setRunId(task.run().id().value())
            .setOpId(Ids.derived("omnibridge/operation", task.idempotencyKey()).toString());
    if (task.run().correlationId() != null) {
      options.setCorrelationId(task.run().correlationId());
    }
    CreateStampRequest.Builder request = CreateStampRequest.newBuilder().setOptions(options);
    ByteString content = arguments.content();
    if (content == null) {
      request.setContentHash(arguments.required("contentHash"));
    } else {
      request.setContent(content);
    }
    return Calls.unary(
            channel, StampingServiceGrpc.getCreateStampMethod(), request.build(), deadline)
        .map(StampingCalls::result);
  }

  private static JsonNode result(CreateStampResponse response) {
    return json(response.getStamp()).put("existed", response.getExisted());
  }

  Future<JsonNode> verify(Task task, Duration deadline) {
    Arguments arguments = new Arguments("verify", task.arguments());
    GetStampRequest request =
        GetStampRequest.newBuilder()
            .setNamespace(arguments.text("namespace", task.run().workflow().namespace()))
            .setHash(arguments.required("hash"))
            .build();
    return Calls.unary(channel, StampingServiceGrpc.getGetStampMethod(), request, deadline)
        .map(response -> json(response.getStamp()));
  }

  private static ObjectNode json(Stamp stamp) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("stampId", stamp.getStampId())
        .put("fileHash", stamp.getFileHash())
        .put("contentHash", stamp.getContentHash())
        .put("size", stamp.getFileSize())
        .put("path", stamp.getFilePath())
        .put("revision", stamp.getRevision());
  }
}
