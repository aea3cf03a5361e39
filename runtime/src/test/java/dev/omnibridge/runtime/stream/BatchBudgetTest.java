// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class BatchBudgetTest {
  private static final int ALL = (int) BatchBudget.BYTES;

  private final BatchBudget budget = new BatchBudget();

  @Test
  void shouldTakeTheFirstRecordWhateverItsSizeAndRefuseTheNextUntilItIsRenewed() {
    assertThat(take(new RecordHeaders(), ALL + 1)).hasSize(ALL + 1);
    refused(new RecordHeaders());
    refused(new RecordHeaders());
    budget.renew();
    assertThat(take(new RecordHeaders(), ALL + 1)).hasSize(ALL + 1);
  }

  @Test
  void shouldTakeRecordsUntilTheirBytesAreSpent() {
    for (int i = 0; i < 15; i++) {
      take(new RecordHeaders(), 1 << 20);
      assertThat(budget.spent()).isFalse();
    }
    take(new RecordHeaders(), 1 << 20);
    assertThat(budget.spent()).isTrue();
  }

  @Test
  void shouldTakeTheValueOfARecordWhoseKeyHasSpentTheBudget() {
    var headers = new RecordHeaders();
    take(headers, ALL);
    assertThat(take(headers, 5)).hasSize(5);
    refused(new RecordHeaders());
  }

  @Test
  void shouldCountHeadersAndWhatRecordsTakeWithoutAnyBytes() {
    take(new RecordHeaders().add("large", new byte[ALL]).add("absent", null), 0);
    refused(new RecordHeaders());
    budget.renew();
    int records = 0;
    for (; !budget.spent(); records++) {
      take(new RecordHeaders(), 0);
    }
    assertThat(records).isLessThan(100_000);
  }

  private byte[] take(Headers headers, int bytes) {
    return budget.deserialize("topic", headers, ByteBuffer.allocate(bytes));
  }

  private void refused(Headers headers) {
    assertThatThrownBy(() -> take(headers, 1)).isInstanceOf(SerializationException.class);
  }
}
