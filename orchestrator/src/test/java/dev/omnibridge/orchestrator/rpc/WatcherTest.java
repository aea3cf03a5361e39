// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.log.v1.WorkflowRow;
import dev.omnibridge.api.workflow.v1.WatchWorkflowResponse;
import dev.omnibridge.orchestrator.run.Hints;
import dev.omnibridge.orchestrator.store.WorkflowLog;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a watch leaves behind when its client goes away early or late. */
class WatcherTest {
  private final List<Runnable> planned = new ArrayList<>();
  private final Set<Object> timers = new HashSet<>();
  private final SilentChannel channel = new SilentChannel();
  private final Client client = new Client();
  private final Hints hints = new Hints();
  private final Watcher watcher =
      new Watcher(
          vertx(),
          context(),
          new WorkflowLog(channel, Duration.ofSeconds(1)),
          new Audience<>(client, answer -> answer));

  private Vertx vertx() {
    return (Vertx)
        Proxy.newProxyInstance(
            Vertx.class.getClassLoader(),
            new Class<?>[] {Vertx.class},
            (_, method, arguments) ->
                switch (method.getName()) {
                  case "setPeriodic" -> {
                    long id = timers.size() + 1;
                    timers.add(id);
                    yield id;
                  }
                  case "cancelTimer" -> timers.remove(arguments[0]);
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  @SuppressWarnings("unchecked")
  private Context context() {
    return (Context)
        Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (_, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("runOnContext");
              planned.add(() -> ((Handler<@Nullable Void>) arguments[0]).handle(null));
              return null;
            });
  }

  private void start() {
    var row = WorkflowRow.newBuilder().setNamespace("n").setRunId("r").setVersion(2).build();
    watcher.start(row, 0, hints, _ -> null);
  }

  private void runPlanned() {
    List.copyOf(planned).forEach(Runnable::run);
  }

  private void assertNothingIsLeft() {
    assertThat(timers).isEmpty();
    assertThat(hints.listenedTo()).isZero();
  }

  @Test
  void shouldLeaveNothingBehindWhenCancelledBeforeItHasStarted() {
    watcher.prepare();
    client.goAway();
    runPlanned();
    start();
    assertNothingIsLeft();
    assertThat(channel.calls).isZero();
  }

  @Test
  void shouldLeaveNothingBehindWhenItStartsBeforeItHearsOfItsEnd() {
    watcher.prepare();
    client.goAway();
    start();
    runPlanned();
    assertNothingIsLeft();
  }

  @Test
  void shouldLeaveNothingBehindWhenCancelledLater() {
    watcher.prepare();
    start();
    assertThat(timers).hasSize(1);
    assertThat(hints.listenedTo()).isEqualTo(1);
    assertThat(channel.calls).isEqualTo(1);
    client.goAway();
    runPlanned();
    assertNothingIsLeft();
  }

  /** The other end of the watch. */
  private static final class Client extends ServerCallStreamObserver<WatchWorkflowResponse> {
    private @Nullable Runnable onCancel;

    void goAway() {
      Objects.requireNonNull(onCancel).run();
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
      onCancel = handler;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void setCompression(String compression) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void onNext(WatchWorkflowResponse value) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }

  /** Counts calls and answers none. */
  private static final class SilentChannel extends Channel {
    int calls;

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
      calls++;
      return new ClientCall<>() {
        @Override
        public void start(Listener<R> listener, Metadata headers) {}

        @Override
        public void request(int count) {}

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {}

        @Override
        public void halfClose() {}

        @Override
        public void sendMessage(Q message) {}
      };
    }

    @Override
    public String authority() {
      return "nobody";
    }
  }
}
