// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime;

import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import io.vertx.core.Deployable;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one service as a process: reads the configuration, deploys, listens, and stops cleanly on
 * SIGTERM. Exit codes: 0 stopped, 2 configuration is not usable, 1 anything else.
 */
public final class Service {
  private static final Logger log = LoggerFactory.getLogger(Service.class);
  private static final int STOP_SECONDS = 12;

  private Service() {}

  /** Makes the service's verticle from its configuration, in a process's edge. */
  public interface Wiring {
    /** Reads every variable from env, and checks it, before anything is started. */
    Deployable wire(Env env, Edge edge);
  }

  /** Runs until the process is told to stop. {@code --print-config} prints what is in force. */
  public static void run(Peer self, List<String> arguments, Wiring wiring) {
    Env env = Env.system();
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(false));
    try {
      Edge edge = Edge.open(vertx, EdgeConfig.single(self, env));
      Deployable verticle = wiring.wire(env, edge);
      if (arguments.contains("--print-config")) {
        env.effective().forEach((name, value) -> System.out.println(name + "=" + value));
        stop(vertx, edge);
        return;
      }
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(vertx, edge), "stop"));
      vertx.deployVerticle(verticle).await(60, TimeUnit.SECONDS);
      int port = edge.listen().await(10, TimeUnit.SECONDS);
      log.atInfo()
          .addKeyValue(LogKeys.SERVICE, self.service())
          .addKeyValue(LogKeys.ADDRESS, port)
          .log("service started");
    } catch (Fault unusable) {
      System.err.println(self.service() + ": " + unusable.sentence());
      exit(vertx, unusable.is("CONFIG_INVALID") ? 2 : 1);
    } catch (Exception failure) {
      log.atError()
          .setCause(failure)
          .addKeyValue(LogKeys.SERVICE, self.service())
          .log("service cannot start");
      exit(vertx, 1);
    }
  }

  private static void stop(Vertx vertx, Edge edge) {
    edge.drain();
    try {
      // One after the other from this thread: a future of Vert.x cannot report the end of Vert.x.
      edge.close().await(STOP_SECONDS, TimeUnit.SECONDS);
      vertx.close().await(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (Exception unclean) {
      log.atWarn().setCause(unclean).log("service did not stop cleanly");
    }
  }

  private static void exit(Vertx vertx, int code) {
    var unused = vertx.close();
    System.exit(code);
  }
}
