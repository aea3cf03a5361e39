// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime;

import dev.omnibridge.runtime.cluster.Cluster;
import dev.omnibridge.runtime.cluster.ClusterConfig;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one service as a process. Its port is open, and tells its health, from the beginning; it
 * waits for what it depends on as long as that takes, and serves when it is there. On SIGTERM it
 * takes no new work, lets the others know, finishes what is under way, and ends. Exit codes: 0
 * stopped, 2 configuration or arguments are not usable, 1 anything else.
 */
public final class Service {
  private static final Logger log = LoggerFactory.getLogger(Service.class);
  private static final int STOP_SECONDS = 12;
  private static final int BIND_SECONDS = 10;

  /** For a start that is broken off: it has nothing to finish. */
  private static final int BREAK_OFF_SECONDS = 3;

  private final Peer self;
  private final Vertx vertx;
  private final EdgeConfig place;
  private final Edge edge;
  private volatile @Nullable Cluster cluster;
  private volatile @Nullable String deployment;
  private volatile boolean stopping;

  private Service(Peer self, Vertx vertx, EdgeConfig place, Edge edge) {
    this.self = self;
    this.vertx = vertx;
    this.place = place;
    this.edge = edge;
  }

  /** Makes the service's verticle from its configuration, in a process's edge. */
  public interface Wiring {
    /** Reads every variable from env, and checks it, before anything is started. */
    Deployable wire(Env env, Edge edge);
  }

  /**
   * Runs until the process is told to stop. {@code --print-config} prints what is in force, {@code
   * --help} how to use it; both end at once.
   */
  public static void run(Peer self, List<String> arguments, Wiring wiring) {
    if (arguments.contains("--help")) {
      System.out.print(usage(self));
      return;
    }
    Env env = Env.system();
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(false));
    try {
      refuseUnknown(arguments);
      EdgeConfig place = EdgeConfig.single(self, env);
      Edge edge = Edge.open(vertx, place);
      ClusterConfig settings = ClusterConfig.from(env);
      Deployable verticle = env.check(wiring.wire(env, edge));
      var service = new Service(self, vertx, place, edge);
      if (arguments.contains("--print-config")) {
        env.effective().forEach((name, value) -> System.out.println(name + "=" + value));
        service.stop();
        return;
      }
      service.start(settings, verticle);
    } catch (Fault unusable) {
      System.err.println(self.service() + ": " + unusable.sentence());
      exit(vertx, unusable.kind() == Fault.Kind.INVALID ? 2 : 1);
    } catch (Exception failure) {
      log.atError()
          .setCause(failure)
          .addKeyValue(LogKeys.SERVICE, self.service())
          .log("service cannot start");
      exit(vertx, 1);
    }
  }

  private static String usage(Peer self) {
    return """
    Usage: java -jar %1$s.jar [--help | --print-config]

    Runs %1$s until a signal stops it; waits for what it needs, in any start order.
    Everything is set by environment variables: --print-config prints all of them with the
    values in force, the README says what they mean. It listens on %2$s (%3$d).
    Exit codes: 0, 130, 143 stopped; 1 failed, the log says why; 2 not usable as it is set.
    """
        .formatted(self.service(), self.portVariable(), self.defaultPort());
  }

  private static void refuseUnknown(List<String> arguments) {
    for (String argument : arguments) {
      if (!argument.equals("--print-config")) {
        throw Fault.invalid(
            "ARGUMENT_UNKNOWN",
            "%s is no option; there are --help and --print-config, and everything else is set by environment variables."
                .formatted(argument));
      }
    }
  }

  /** A start that is broken off by a signal is no failure. */
  private void start(ClusterConfig settings, Deployable verticle) throws Exception {
    int port = bind();
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
    } catch (IllegalStateException toldToStopAlready) {
      return;
    }
    try {
      start(settings, verticle, port);
    } catch (Exception failure) {
      if (!stopping) {
        throw failure;
      }
    }
  }

  private int bind() throws Exception {
    try {
      return edge.bind().await(BIND_SECONDS, TimeUnit.SECONDS);
    } catch (Exception failure) {
      String reason =
          switch (failure) {
            case UnknownHostException _ -> "the host is not known";
            case UnresolvedAddressException _ -> "the host is not known";
            case TimeoutException _ -> "no answer within " + BIND_SECONDS + " s";
            case IOException refused -> String.valueOf(refused.getMessage());
            default -> throw failure;
          };
      throw Fault.invalid(
          "CONFIG_INVALID",
          "%s:%d cannot be listened on: %s; BIND_HOST and %s say where to listen"
              .formatted(place.host(), place.port(), reason, self.portVariable()));
    }
  }

  private void start(ClusterConfig settings, Deployable verticle, int port) {
    if (settings.enabled()) {
      cluster = edge.join(settings, UUID.randomUUID().toString());
    }
    log.atInfo()
        .addKeyValue(LogKeys.SERVICE, self.service())
        .addKeyValue(LogKeys.ADDRESS, port)
        .log("service is starting");
    deployment = vertx.deployVerticle(verticle).await();
    if (stopping) {
      return;
    }
    edge.serve();
    log.atInfo()
        .addKeyValue(LogKeys.SERVICE, self.service())
        .addKeyValue(LogKeys.ADDRESS, port)
        .log("service started");
  }

  /** One after the other from this thread: a future of Vert.x cannot report the end of Vert.x. */
  private void stop() {
    stopping = true;
    edge.drain();
    Cluster joined = cluster;
    if (joined != null) {
      stop("cluster", () -> left(joined));
    }
    stop("gRPC intake", edge::closeIntake);
    String id = deployment;
    if (id != null) {
      stop("service", () -> vertx.undeploy(id));
    }
    stop("gRPC edge", edge::close);
    stop("Vert.x", vertx::close);
  }

  private static Future<Void> left(Cluster joined) {
    joined.leave();
    return Future.succeededFuture();
  }

  /** A step that fails does not keep the others from being done. */
  private void stop(String step, Supplier<Future<?>> end) {
    boolean started = deployment != null;
    try {
      var unused = end.get().await(started ? STOP_SECONDS : BREAK_OFF_SECONDS, TimeUnit.SECONDS);
    } catch (Exception unclean) {
      (started ? log.atWarn() : log.atDebug())
          .setCause(unclean)
          .addKeyValue("step", step)
          .log("stop was not clean");
    }
  }

  private static void exit(Vertx vertx, int code) {
    var unused = vertx.close();
    System.exit(code);
  }
}
