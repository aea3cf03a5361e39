// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.event.Catalogue;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TopicsTest {
  private final Vertx vertx = Vertx.vertx();
  private final CountDownLatch resolved = new CountDownLatch(1);

  @AfterEach
  void stop() {
    resolved.countDown();
    vertx.close().timeout(10, TimeUnit.SECONDS).await();
  }

  @Test
  void shouldLeaveTheEventLoopFreeWhileKafkasNameIsBeingResolved() throws Exception {
    var asked = new CountDownLatch(1);
    var administration =
        new Administration(
            vertx,
            () -> {
              asked.countDown();
              try {
                resolved.await();
              } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
              }
              throw new KafkaException("unknown host");
            });
    var topics = new Topics(vertx, Catalogue.load(), "test", administration);
    Promise<Void> served = Promise.promise();
    vertx.runOnContext(_ -> {
      var unused = topics.ensure();
      vertx.runOnContext(_ -> served.complete());
    });
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
    served.future().timeout(10, TimeUnit.SECONDS).await();
    assertThat(resolved.getCount()).isOne();
    vertx.runOnContext(_ -> topics.stop());
  }
}
