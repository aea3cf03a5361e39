// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallScopeTest {
  @Test
  void shouldRunNoActionThatWasTakenBack() throws Exception {
    List<String> ran = new ArrayList<>();
    try (var call = Context.ROOT.withCancellation()) {
      CallScope scope = call.call(CallScope::current);
      Runnable takeBack = scope.onCancelled(() -> ran.add("taken back"));
      Runnable unused = scope.onCancelled(() -> ran.add("left"));
      takeBack.run();
      call.cancel(null);
    }
    assertThat(ran).containsExactly("left");
  }
}
