// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.slf4j.LoggerFactory;

/** Who is told that the log has the details finds them there, once. */
@Execution(ExecutionMode.SAME_THREAD)
class StatusesTest {
  private static final RuntimeException BUG = new IllegalStateException("a bug");

  private final Logger logger = (Logger) LoggerFactory.getLogger(Statuses.class);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  @BeforeEach
  void listen() {
    logged.start();
    logger.addAppender(logged);
    logger.setAdditive(false);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(logged);
    logger.setAdditive(true);
  }

  private List<String> causes() {
    return logged.list.stream().map(event -> event.getThrowableProxy().getMessage()).toList();
  }

  @Test
  void shouldLogWhatNobodyExpectedOnceHoweverOftenItIsHandedOn() {
    Fault fault = Statuses.faultOf(new CompletionException(BUG));
    Fault onward = Statuses.faultOf(Statuses.toException(fault));
    var unused = Statuses.toException(onward);

    assertThat(causes()).containsExactly("a bug");
    assertThat(onward.kind()).isEqualTo(Kind.BROKEN);
    assertThat(onward.sentence()).isEqualTo(fault.sentence()).contains("its log has the details");
  }

  @Test
  void shouldLogWhyWhenSomebodyIsToldInWordsWithinAnAnswer() {
    assertThat(Statuses.told(new CompletionException(Fault.broken(BUG))).kind())
        .isEqualTo(Kind.BROKEN);
    assertThat(causes()).containsExactly("a bug");
  }

  @Test
  void shouldLogWhyACallFailsWhenSomebodySaysThatItIsBroken() {
    var told = Statuses.toException(Statuses.faultOf(Fault.broken(BUG)));
    var unused = Statuses.toException(Statuses.faultOf(told));

    assertThat(causes()).containsExactly("a bug");
  }

  @Test
  void shouldNotLogWhatIsToldToTheCallerAsItIs() {
    var unused =
        Statuses.toException(
            Statuses.faultOf(Fault.unavailable("DATABASE_AWAY", "It is away.", BUG)));

    assertThat(logged.list).isEmpty();
  }
}
