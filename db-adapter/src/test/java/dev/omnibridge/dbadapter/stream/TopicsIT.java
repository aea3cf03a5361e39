// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import static org.awaitility.Awaitility.await;

import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.testkit.TestKafka;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The catalogue's topics on a real broker, which loses one or lets nobody make any. */
class TopicsIT {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final String environment = TestKafka.uniquePrefix() + "env";
  private final String one =
      Catalogue.fullName(environment, Catalogue.load().topics().iterator().next().name());
  private final Admin admin = connect();

  @AfterEach
  void stop() {
    admin.close(Duration.ofSeconds(5));
    vertx.close().timeout(10, TimeUnit.SECONDS).await();
  }

  private static Admin connect() {
    return Admin.create(Map.of("bootstrap.servers", TestKafka.bootstrapServers()));
  }

  /** A client of somebody who may look at topics and not make any. */
  private static Admin readOnly() {
    Admin whole = connect();
    return (Admin)
        Proxy.newProxyInstance(
            Admin.class.getClassLoader(),
            new Class<?>[] {Admin.class},
            (_, method, arguments) -> {
              if (method.getName().equals("createTopics")) {
                throw new ClusterAuthorizationException("of the test");
              }
              try {
                return method.invoke(whole, arguments);
              } catch (InvocationTargetException failed) {
                throw failed.getTargetException();
              }
            });
  }

  private Topics topics(Supplier<Admin> clients) {
    return new Topics(vertx, Catalogue.load(), environment, new Administration(vertx, clients));
  }

  private void ensured(Topics topics) {
    Future<Void> done =
        Future.future(answer -> context.runOnContext(_ -> topics.ensure().onComplete(answer)));
    var unused = done.timeout(60, TimeUnit.SECONDS).await();
  }

  private Set<String> there() throws Exception {
    return admin.listTopics().names().get(30, TimeUnit.SECONDS);
  }

  @Test
  void shouldMakeAgainATopicThatWasDeleted() throws Exception {
    var topics = topics(TopicsIT::connect);
    ensured(topics);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> there().containsAll(List.of(one, one + ".dlq")));
    admin.deleteTopics(List.of(one)).all().get(30, TimeUnit.SECONDS);
    await().atMost(Duration.ofSeconds(60)).until(() -> !there().contains(one));
    context.runOnContext(_ -> topics.keep(Duration.ofMillis(200)));
    await().atMost(Duration.ofSeconds(60)).until(() -> there().contains(one));
    context.runOnContext(_ -> topics.stop());
  }

  @Test
  void shouldBeContentWithTheTopicsOfOthersWhereItMayMakeNone() {
    ensured(topics(TopicsIT::connect));
    ensured(topics(TopicsIT::readOnly));
  }
}
