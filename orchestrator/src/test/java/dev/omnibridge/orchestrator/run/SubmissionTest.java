// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.NullNode;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SubmissionTest extends OneProcess {
  @Test
  void shouldTellLabelsApartThatArePrintedAlike() {
    var first = submission(Map.of("a", "1, b=2"));
    pass(Duration.ofSeconds(1));
    assertThat(first).isCompleted();
    var other = submission(Map.of("a", "1", "b", "2"));
    var same = submission(Map.of("a", "1, b=2"));
    pass(Duration.ofSeconds(1));
    assertThat(refusal(other).is("WORKFLOW_EXISTS")).isTrue();
    assertThat(refusal(other).facts()).containsEntry("difference", "labels");
    assertThat(same.join()).isInstanceOf(Submission.Result.Existed.class);
  }

  private CompletableFuture<Submission.Result> submission(Map<String, String> labels) {
    return workflows
        .submit(
            new Submission(
                "tests", "w", null, HEAD + CALL, NullNode.instance, "corr", null, labels))
        .toCompletableFuture();
  }
}
