// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.omnibridge.e2e.infrastructure.Infrastructure.Kind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What every story relies on, whatever the infrastructure is. */
@Tag("story")
class SharedServersIT {
  private static final Servers SERVERS = Infrastructure.chosen().shared();

  @Test
  void shouldNotBeStoppedByAnyone() {
    assertThatThrownBy(SERVERS::stopKafka).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(SERVERS::stopPostgres).isInstanceOf(UnsupportedOperationException.class);
  }

  /** Limits that are kept without fsync say nothing; what others have set is theirs. */
  @Test
  void shouldHaveWhatIsCommittedOnTheDisk() throws Exception {
    assumeTrue(Infrastructure.chosen().kind() != Kind.EXTERNAL, "servers of others");
    try (var connection = SERVERS.freshDatabase().connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select current_setting('fsync')")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo("on");
    }
  }
}
