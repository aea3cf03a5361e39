// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import dev.omnibridge.runtime.blake3.Kernels;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.stamping.log.RegularSigning;
import dev.omnibridge.stamping.log.ServiceSigner;
import dev.omnibridge.stamping.log.SigningKeys;
import dev.omnibridge.stamping.log.StampLog;
import dev.omnibridge.stamping.rpc.Checks;
import dev.omnibridge.stamping.rpc.Exports;
import dev.omnibridge.stamping.rpc.Sources;
import dev.omnibridge.stamping.rpc.StampLogApi;
import dev.omnibridge.stamping.rpc.Stamper;
import dev.omnibridge.stamping.rpc.StampingApi;
import dev.omnibridge.stamping.rpc.Uploads;
import dev.omnibridge.stamping.store.ContentSource;
import dev.omnibridge.stamping.store.Hashing;
import dev.omnibridge.stamping.store.ServerFiles;
import dev.omnibridge.stamping.store.StampStore;
import dev.omnibridge.stamping.store.Stamps;
import io.grpc.Channel;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.security.SecureRandom;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires the stamping service and offers it at the edge. */
public final class StampingVerticle extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(StampingVerticle.class);

  /** Threads that open files of the server; see {@link ServerFiles}. */
  private static final int OPENERS = 8;

  private final StampingConfig config;
  private final Edge edge;
  private @Nullable WorkerExecutor workers;
  private @Nullable WorkerExecutor openers;
  private @Nullable RegularSigning signing;

  public StampingVerticle(StampingConfig config, Edge edge) {
    this.config = config;
    this.edge = edge;
  }

  @Override
  public Future<?> start() {
    edge.needs(Peer.DB_ADAPTER);
    tellKernel();
    workers = vertx.createSharedWorkerExecutor("stamping-hashing", config.hashThreads());
    openers = vertx.createSharedWorkerExecutor("stamping-opening", OPENERS);
    Channel dbAdapter = edge.peer(Peer.DB_ADAPTER);
    var hashing = new Hashing(workers);
    var random = new SecureRandom();
    var store = new StampStore(dbAdapter, config.storeTimeout(), random);
    var stamps = new Stamps(store, Clock.systemUTC(), random);
    var content = new ContentSource(dbAdapter, hashing, config.contentTimeout());
    var files = new ServerFiles(config.roots(), hashing, openers, config.contentTimeout());
    var sources = new Sources(hashing, content, files, config.clientDigests());
    SigningKeys.Source keys = keys(random);
    edge.offer(
        new StampingApi(
            context,
            new Stamper(stamps, sources),
            sources,
            new Uploads(context, hashing, config.uploads()),
            new Checks(hashing, store),
            new Exports(store, new ServiceSigner(keys), workers),
            store,
            config.batchConcurrency()));
    offerLog(dbAdapter, keys);
    return Future.succeededFuture();
  }

  private static void tellKernel() {
    log.atInfo()
        .addKeyValue("kernel", Kernels.description())
        .addKeyValue("kernel_in_use", Kernels.inUse())
        .log("hashing with BLAKE3");
    if (!Kernels.hasVectorModule()) {
      log.atWarn()
          .log(
              "the JVM has no vector module, so hashing is slow: start it with"
                  + " --add-modules jdk.incubator.vector");
    }
  }

  /** A file that is configured must be there or be made now; the default one only when needed. */
  private SigningKeys.Source keys(SecureRandom random) {
    var keys = new SigningKeys.Source(config.stampLog().keys(), random);
    if (!config.stampLog().signingKeyFile().isEmpty()) {
      var unused = keys.get();
    }
    return keys;
  }

  private void offerLog(Channel dbAdapter, SigningKeys.Source keys) {
    var stampLog =
        new StampLog(
            dbAdapter,
            keys,
            config.stampLog().trustedKeys(),
            config.storeTimeout(),
            config.contentTimeout());
    edge.offer(new StampLogApi(stampLog));
    if (config.stampLog().checkpointEvery().isPositive()) {
      signing = RegularSigning.start(vertx, edge, stampLog, config.stampLog().checkpointEvery());
    }
  }

  @Override
  public Future<?> stop() {
    if (signing != null) {
      signing.close();
    }
    return close(workers).eventually(() -> close(openers));
  }

  private static Future<?> close(@Nullable WorkerExecutor executor) {
    return executor == null ? Future.succeededFuture() : executor.close();
  }
}
