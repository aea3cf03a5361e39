// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a run came in one decision, as the difference to where it was: the outer frames it is
 * still in, the cursor of the innermost of those, the frames it entered since, and the data. A
 * loop's items stand in the one event that entered the loop.
 *
 * @param context null when no task exported anything
 * @param passed the steps without side effects on the way, for people to read
 */
public record Progress(
    int kept,
    Frame.@Nullable Cursor cursor,
    List<Frame> entered,
    JsonNode data,
    @Nullable JsonNode context,
    Next next,
    List<String> passed) {}
