// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.store;

import dev.omnibridge.reducer.fold.StreamKey;
import dev.omnibridge.reducer.fold.StreamView;
import dev.omnibridge.runtime.Ids;
import java.util.regex.Pattern;

/**
 * The key of a stored view: the run's id for a workflow, a UUID that stands for the stream for
 * anything else.
 */
public record ViewKey(String namespace, String id) {
  private static final String WORKFLOW = "workflow";
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  /** The key of a stream's view. */
  public static ViewKey of(StreamKey stream) {
    boolean run = stream.kind().equals(WORKFLOW) && UUID_TEXT.matcher(stream.id()).matches();
    String id = run ? stream.id() : Ids.derived(stream.kind(), stream.id()).toString();
    return new ViewKey(stream.namespace(), id);
  }

  /** The stream of a run. */
  public static StreamKey run(String namespace, String runId) {
    return new StreamKey(WORKFLOW, namespace, runId);
  }

  /** What a stream of this kind looks like before its first event. */
  public static StreamView none(StreamKey stream) {
    return stream.kind().equals(WORKFLOW) ? StreamView.Workflow.NONE : StreamView.Stamp.NONE;
  }
}
