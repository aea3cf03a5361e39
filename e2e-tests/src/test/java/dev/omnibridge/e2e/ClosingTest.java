// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClosingTest {
  private final List<String> closed = new ArrayList<>();

  private AutoCloseable sound(String name) {
    return () -> closed.add(name);
  }

  private static AutoCloseable broken(Throwable failure) {
    return () -> {
      switch (failure) {
        case Exception exception -> throw exception;
        default -> throw (Error) failure;
      }
    };
  }

  @Test
  void shouldCloseTheOthersWhenOneDoesNotClose() {
    var stuck = new AssertionError("did not stop");
    var second = new IOException("nor did this one");
    assertThatThrownBy(
            () -> Closing.all(sound("first"), broken(stuck), null, broken(second), sound("last")))
        .isSameAs(stuck)
        .hasSuppressedException(second);
    assertThat(closed).containsExactly("first", "last");
  }

  @Test
  void shouldSayNothingWhenAllAreClosed() throws Exception {
    Closing.all(sound("one"), null);
    Closing.all();
    assertThat(closed).containsExactly("one");
  }

  @Test
  void shouldCloseSeveralAtOnceAndTheOthersWhenOneDoesNotClose() throws Exception {
    var both = new CyclicBarrier(2);
    AutoCloseable meets = () -> both.await(10, TimeUnit.SECONDS);
    Closing.atOnce(List.of(meets, meets));

    var stuck = new AssertionError("did not stop");
    assertThatThrownBy(() -> Closing.atOnce(List.of(broken(stuck), sound("other"))))
        .isSameAs(stuck);
    assertThat(closed).containsExactly("other");
  }

  @Test
  void shouldTellErrorsOfEveryKind() {
    var lost = new NoClassDefFoundError("is not there any more");
    assertThatThrownBy(() -> Closing.atOnce(List.of(broken(lost), sound("beside")))).isSameAs(lost);
    assertThatThrownBy(() -> Closing.all(broken(lost), sound("after"))).isSameAs(lost);
    assertThat(closed).containsExactly("beside", "after");

    var cause = new IllegalStateException("did not start");
    Closing.after(cause, broken(lost));
    assertThat(cause).hasSuppressedException(lost);
  }

  @Test
  void shouldKeepTheFailureThatCameFirst() {
    var cause = new IllegalStateException("did not start");
    var then = new IOException("did not stop");
    Closing.after(cause, broken(then));
    Closing.after(cause, sound("part"));
    assertThat(cause).hasSuppressedException(then);
    assertThat(closed).containsExactly("part");
  }
}
