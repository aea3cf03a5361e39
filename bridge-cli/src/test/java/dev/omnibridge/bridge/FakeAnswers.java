// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Services that answer every question with one message, every text of which is the same, and every
 * number 1.
 */
public final class FakeAnswers implements AutoCloseable {
  private static final int DEEPEST = 5;

  private final String text;
  private final Server server;

  public FakeAnswers(String text, ServiceDescriptor... services) throws IOException {
    this.text = text;
    var builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    for (ServiceDescriptor service : services) {
      var all = ServerServiceDefinition.builder(service);
      service.getMethods().forEach(method -> add(all, method));
      builder.addService(all.build());
    }
    server = builder.build().start();
  }

  public String address() {
    return "127.0.0.1:" + server.getPort();
  }

  @SuppressWarnings("unchecked")
  private <Q, R> void add(ServerServiceDefinition.Builder all, MethodDescriptor<Q, R> method) {
    var marshaller = (PrototypeMarshaller<R>) method.getResponseMarshaller();
    var prototype = (Message) marshaller.getMessagePrototype();
    R answer = (R) filled(prototype.newBuilderForType(), DEEPEST);
    all.addMethod(
        method,
        (call, _) -> {
          call.request(Integer.MAX_VALUE);
          call.sendHeaders(new Metadata());
          return new ServerCall.Listener<>() {
            @Override
            public void onHalfClose() {
              call.sendMessage(answer);
              call.close(Status.OK, new Metadata());
            }
          };
        });
  }

  private Message filled(Message.Builder message, int depth) {
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      Object value = value(message, field, depth);
      if (value != null && field.isRepeated()) {
        message.addRepeatedField(field, value);
      } else if (value != null) {
        message.setField(field, value);
      }
    }
    return message.build();
  }

  /** There is no next page, and what is sensitive is a secret for certain. */
  private @Nullable Object value(Message.Builder message, FieldDescriptor field, int depth) {
    return switch (field.getJavaType()) {
      case STRING ->
          switch (field.getName()) {
            case "next_page_token" -> null;
            case "category" -> "secret";
            default -> text;
          };
      case BYTE_STRING -> ByteString.copyFromUtf8(text);
      case DOUBLE -> 1.0;
      case LONG -> 1L;
      case MESSAGE -> depth == 0 ? null : filled(message.newBuilderForField(field), depth - 1);
      default -> null;
    };
  }

  @Override
  public void close() throws InterruptedException {
    if (!server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the server has not ended after 10 s");
    }
  }
}
