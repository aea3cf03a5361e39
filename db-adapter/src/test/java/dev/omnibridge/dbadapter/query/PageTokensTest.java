// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.omnibridge.api.log.v1.ListBridgeStatesRequest;
import dev.omnibridge.api.log.v1.ListStampRowsRequest;
import dev.omnibridge.runtime.Fault;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PageTokensTest {
  private static final UUID LOG = UUID.randomUUID();
  private static final ListStampRowsRequest QUESTION =
      ListStampRowsRequest.newBuilder().setNamespace("n").build();

  private final PageTokens tokens = new PageTokens(LOG);

  @Test
  void shouldFindThePlaceAgainInAnyDbAdapterOfTheLog() {
    var place = List.of("2026-01-01T00:00Z", "", "ünïcode/ö");
    var token = tokens.token(QUESTION, place);
    assertThat(token).matches("[A-Za-z0-9_-]+");
    assertThat(new PageTokens(LOG).place(QUESTION, token)).isEqualTo(place);
  }

  @Test
  void shouldStartAtTheBeginningWithoutAToken() {
    assertThat(tokens.place(QUESTION, "")).isEmpty();
  }

  @Test
  void shouldRefuseATokenOfAnythingElse() {
    var token = tokens.token(QUESTION, List.of("a"));
    refused(() -> tokens.place(QUESTION.toBuilder().setNamespace("m").build(), token));
    refused(
        () -> tokens.place(ListBridgeStatesRequest.newBuilder().setNamespace("n").build(), token));
    refused(() -> new PageTokens(UUID.randomUUID()).place(QUESTION, token));
    refused(() -> tokens.place(QUESTION, token + "AA"));
    refused(() -> tokens.place(QUESTION, "x"));
    refused(() -> tokens.place(QUESTION, "+/=="));
  }

  private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThat(catchThrowableOfType(Fault.class, call).reason()).isEqualTo("BAD_PAGE_TOKEN");
  }
}
