// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.dbadapter.log.Outgoing.Header;
import io.vertx.sqlclient.Pool;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is published of a letter that its topic refuses for its size. */
class DeadLetterLaneTest {
  private static Header header(String key, String value) {
    return new Header(key, value.getBytes(StandardCharsets.UTF_8));
  }

  private static Outgoing instead(List<Header> headers) {
    var nobodyAsks =
        (Pool)
            Proxy.newProxyInstance(
                Pool.class.getClassLoader(),
                new Class<?>[] {Pool.class},
                (_, method, _) -> {
                  throw new AssertionError(method);
                });
    var letter = new Outgoing(1, "things.dlq", new byte[3], new byte[6], headers);
    return new DeadLetterLane(nobodyAsks, new UUID(0, 1)).insteadOf(letter).orElseThrow();
  }

  @Test
  void shouldSayOnceThatHeadersAreOmittedWhenTheirRowSaysSo() {
    var published =
        instead(
            List.of(
                header("ob_headers_omitted", "too large"),
                header("ob_key_omitted", "too large"),
                header("theirs", "a"),
                header("__connect.errors.topic", "things")));
    assertThat(published.headers())
        .extracting(Header::key)
        .containsExactly("__connect.errors.topic", "ob_key_omitted", "ob_headers_omitted");
    assertThat(published.value()).hasSize(6);
  }
}
