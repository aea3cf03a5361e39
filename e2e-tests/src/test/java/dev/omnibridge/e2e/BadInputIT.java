// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.omnibridge.api.stamping.v1.BatchCreateStampsRequest;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.GetStampRequest;
import dev.omnibridge.api.workflow.v1.CancelWorkflowRequest;
import dev.omnibridge.api.workflow.v1.GetWorkflowRequest;
import dev.omnibridge.api.workflow.v1.ListWorkflowsRequest;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.WorkflowKey;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.Statuses;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Everything wrong that a user can send is answered with the right code, what and where. */
@Order(Story.ORDER)
@ExtendWith(Renewal.class)
class BadInputIT {
  private static final String NAMESPACE = "bad-input-story";

  private final Stack stack = Deployment.shared(Way.ONE_PROCESS).stack();

  private static Fault fault(ThrowingCallable call) {
    Throwable failure = catchThrowable(call);
    assertThat(failure).as("the call should have been refused").isNotNull();
    return Statuses.faultOf(failure);
  }

  private Fault submit(String definition, String input) throws Exception {
    long before = runs();
    var request =
        SubmitWorkflowRequest.newBuilder()
            .setNamespace(NAMESPACE)
            .setDefinition(definition)
            .setInput(input)
            .build();
    Fault fault = fault(() -> stack.workflows().submitWorkflow(request));
    assertThat(runs()).as("nothing half done").isEqualTo(before);
    return fault;
  }

  private long runs() throws Exception {
    return stack.count("select count(*) from workflow_executions where namespace = ?", NAMESPACE);
  }

  private static String doing(String tasks) {
    return """
    document: {dsl: 1.0.0, namespace: stories, name: bad, version: 1.0.0}
    do:
    """
        + tasks.indent(2);
  }

  @Test
  void shouldNameTheLineOfInvalidYaml() throws Exception {
    Fault fault = submit("document:\n  dsl: 1.0.0\n bad: [", "");
    assertThat(fault.kind()).isEqualTo(Kind.INVALID);
    assertThat(fault.sentence()).contains("line");
  }

  @Test
  void shouldNameThePlaceThatBreaksTheSchema() throws Exception {
    Fault fault = submit(doing("- broken:\n    set: 5\n    call: stamp"), "");
    assertThat(fault.kind()).isEqualTo(Kind.INVALID);
    assertThat(fault.violations()).isNotEmpty();
    assertThat(fault.sentence()).contains("/do");
  }

  @Test
  void shouldNameACallWithoutARunner() throws Exception {
    Fault fault = submit(doing("- x:\n    call: no-such-runner"), "");
    assertThat(fault.kind()).isEqualTo(Kind.INVALID);
    assertThat(fault.sentence()).contains("no-such-runner");
  }

  @Test
  void shouldNameAnExpressionThatDoesNotCompile() throws Exception {
    Fault fault = submit(doing("- x:\n    set:\n      a: '${ .a | | }'"), "");
    assertThat(fault.kind()).isEqualTo(Kind.INVALID);
    assertThat(fault.sentence()).contains("/do/0");
  }

  @Test
  void shouldRefuseInputThatIsNotJsonOrTooLarge() throws Exception {
    String good = Submissions.stampOne();
    assertThat(submit(good, "{not json").kind()).isEqualTo(Kind.INVALID);
    Fault large = submit(good, "\"" + "x".repeat(300_000) + "\"");
    assertThat(large.kind()).isEqualTo(Kind.INVALID);
    assertThat(large.violations()).extracting(Fault.Violation::field).contains("input");
  }

  @Test
  void shouldSayThatAnIdIsUnknown() {
    var key = WorkflowKey.newBuilder().setNamespace(NAMESPACE).setId("nobody").build();
    var get = GetWorkflowRequest.newBuilder().setKey(key).build();
    var cancel = CancelWorkflowRequest.newBuilder().setKey(key).build();
    assertThat(fault(() -> stack.workflows().getWorkflow(get)).reason())
        .isEqualTo("WORKFLOW_NOT_FOUND");
    assertThat(fault(() -> stack.workflows().cancelWorkflow(cancel)).kind())
        .isEqualTo(Kind.NOT_FOUND);
  }

  @Test
  void shouldTellAMalformedHashFromAnUnknownOne() {
    var malformed = GetStampRequest.newBuilder().setHash("xyz").build();
    var unknown = GetStampRequest.newBuilder().setHash("0".repeat(64)).build();
    assertThat(fault(() -> stack.stamping().getStamp(malformed)).reason())
        .isEqualTo("INVALID_HASH_FORMAT");
    assertThat(fault(() -> stack.stamping().getStamp(unknown)).reason())
        .isEqualTo("STAMP_NOT_FOUND");
  }

  @Test
  void shouldRefuseAPageTokenThatIsNotItsOwn() {
    var request = ListWorkflowsRequest.newBuilder().setPageToken("garbage!").build();
    Fault fault = fault(() -> stack.workflows().listWorkflows(request));
    assertThat(fault.kind()).isEqualTo(Kind.INVALID);
    assertThat(fault.reason()).isEqualTo("BAD_PAGE_TOKEN");
  }

  @Test
  void shouldRefuseAnEmptyBatch() {
    Fault fault =
        fault(() ->
            stack.stamping().batchCreateStamps(BatchCreateStampsRequest.getDefaultInstance()));
    assertThat(fault.kind()).isEqualTo(Kind.INVALID);
    assertThat(fault.reason()).isEqualTo("EMPTY_BATCH");
  }

  @Test
  void shouldSayThatContentIsNotStored() {
    var request = CreateStampRequest.newBuilder().setContentHash("ab".repeat(32)).build();
    Fault fault = fault(() -> stack.stamping().createStamp(request));
    assertThat(fault.kind()).isEqualTo(Kind.NOT_FOUND);
    assertThat(fault.reason()).isEqualTo("CONTENT_NOT_FOUND");
  }
}
