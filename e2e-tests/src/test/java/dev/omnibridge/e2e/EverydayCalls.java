// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.GetStampRequest;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.testkit.Thresholds;
import java.util.Map;

/** What users ask for all day, which needs the database, stamping and intelligence, not Kafka. */
final class EverydayCalls {
  private static final int QUERIES = 100;
  private static final int RUNS = 60;

  /** In the round that only warms up. */
  private static final int FEW = 20;

  /** What they are measured as. */
  static final String STAMP = "metadata_stamping_flow_ms";

  static final String WITHOUT = "coordination_without_intelligence_ms";
  static final String WITH = "cross_service_coordination_ms";

  private final Stack stack;
  private final String namespace;
  private final StampOptions.Builder options;
  private int stamped;
  private int ran;

  EverydayCalls(Stack stack, String namespace) {
    this.stack = stack;
    this.namespace = namespace;
    this.options = StampOptions.newBuilder().setNamespace(namespace).setFilePath("a.txt");
  }

  /** A few of each, none of which counts, so nobody waits for what the one before has left. */
  void warmUp() {
    new Runs(stack, namespace + "-warm-up").awaitIntelligence();
    stampAndQuery(new Thresholds(), FEW);
    for (int i = 0; i < FEW; i++) {
      var unusedWithout = run(Submissions.stampOne());
      var unusedWith = run(Submissions.analyzeOne());
    }
  }

  /** A round of everything, and what it took. */
  void measure(Thresholds measured) {
    stampAndQuery(measured, QUERIES);
    for (int i = 0; i < RUNS; i++) {
      measured.record(WITHOUT, Runs.timed(() -> run(Submissions.stampOne())));
      measured.record(WITH, Runs.timed(() -> run(Submissions.analyzeOne())));
    }
  }

  private void stampAndQuery(Thresholds measured, int queries) {
    for (int i = 0; i < queries; i++) {
      var stamp = stamp();
      var query = GetStampRequest.newBuilder().setNamespace(namespace).setHash(stamp).build();
      var found = measured.time(STAMP, () -> stack.stamping().getStamp(query));
      assertThat(found.getStamp().getFileHash()).isEqualTo(stamp);
    }
  }

  /** Stamps something new and gives its hash. */
  private String stamp() {
    stamped++;
    var content = ByteString.copyFromUtf8("everyday " + stamped);
    return stack
        .stamping()
        .createStamp(
            CreateStampRequest.newBuilder().setContent(content).setOptions(options).build())
        .getStamp()
        .getFileHash();
  }

  /** One that did everything: what goes on without an answer is faster, and shows nothing. */
  Workflow run(String definition) {
    Workflow done = completed(definition);
    assertThat(done.getStepsDegraded()).isZero();
    return done;
  }

  /** A workflow on a file that nobody has seen before, from its submission to its end. */
  private Workflow completed(String definition) {
    ran++;
    var input = Map.of("text", "class R" + ran + " {}\n", "path", "src/R" + ran + ".java");
    var submitted =
        stack.workflows().submitWorkflow(Submissions.of(namespace, definition, input).build());
    Workflow done = Submissions.await(stack, submitted.getWorkflow());
    assertThat(done.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
    return done;
  }

  /** How many workflows have run. */
  int runs() {
    return ran;
  }
}
