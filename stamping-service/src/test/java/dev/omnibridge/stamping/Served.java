// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc.StampingServiceBlockingStub;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc.StampingServiceStub;
import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** The service over a model of db-adapter, with an environment of its own. */
final class Served implements AutoCloseable {
  static final String NAMESPACE = "tests";

  final StoreModel model = new StoreModel();
  private final Vertx vertx = Vertx.vertx();
  private final Edge edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));

  private Served() {}

  static Served with(Map<String, String> environment) throws Exception {
    var served = new Served();
    served.model.offerOn(served.edge);
    var config = StampingConfig.from(Env.of(environment));
    served.vertx.deployVerticle(new StampingVerticle(config, served.edge)).await(30, SECONDS);
    return served;
  }

  StampingServiceBlockingStub client() {
    return StampingServiceGrpc.newBlockingStub(edge.peer(Peer.STAMPING))
        .withDeadlineAfter(60, SECONDS);
  }

  StampingServiceStub streaming() {
    return StampingServiceGrpc.newStub(edge.peer(Peer.STAMPING));
  }

  static StampOptions.Builder options() {
    return StampOptions.newBuilder().setNamespace(NAMESPACE);
  }

  @Override
  public void close() throws TimeoutException {
    edge.close().await(30, SECONDS);
    vertx.close().await(30, SECONDS);
  }
}
