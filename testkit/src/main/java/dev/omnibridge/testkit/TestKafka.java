// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import dev.omnibridge.embedded.EmbeddedKafka;
import dev.omnibridge.embedded.FreePorts;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * The Kafka broker of this JVM's tests: started when first asked for, stopped with the JVM. Tests
 * keep apart by the prefix of their topics and groups.
 */
public final class TestKafka {
  private static final AtomicInteger NEXT = new AtomicInteger();
  private static final long LIMIT_SECONDS = 20;

  private TestKafka() {}

  public static String bootstrapServers() {
    return Running.SERVERS.broker.bootstrapServers();
  }

  /** The broker seen through {@link #proxy}: everything such a client does goes that way. */
  public static String proxiedBootstrapServers() {
    return "127.0.0.1:" + Running.SERVERS.proxy.port();
  }

  /** Shared by the JVM's tests like the broker; who breaks it sets it to pass again. */
  public static FaultProxy proxy() {
    return Running.SERVERS.proxy;
  }

  /** Differs from every other one, also from those of other runs. */
  public static String uniquePrefix() {
    return "t%s-%d-"
        .formatted(Long.toString(ProcessHandle.current().pid(), 36), NEXT.incrementAndGet());
  }

  /** Makes topics of one replica, and returns when they can be used. */
  public static void createTopics(int partitions, String... names) {
    var topics =
        Arrays.stream(names).map(name -> new NewTopic(name, partitions, (short) 1)).toList();
    try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
      admin.createTopics(topics).all().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException failure) {
      throw new IllegalStateException("The topics could not be made", failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /** Starts the broker when it is first touched; the class loader sees to it that it is one. */
  private record Running(EmbeddedKafka broker, FaultProxy proxy) {
    static final Running SERVERS = start();

    private static Running start() {
      var directory = TestDirectory.create("kafka");
      var behindProxy = FreePorts.next();
      var proxy = FaultProxy.to(behindProxy);
      var broker =
          EmbeddedKafka.start(
              EmbeddedKafka.Options.in(directory.path()).withProxied(behindProxy, proxy.port()));
      directory.deleteAtExitAfter(() -> {
        proxy.close();
        broker.close();
      });
      return new Running(broker, proxy);
    }
  }
}
