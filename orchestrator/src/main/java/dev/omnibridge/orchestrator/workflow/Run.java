// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is fixed for a run from its submission on. */
public record Run(
    RunId id,
    WorkflowId workflow,
    String workflowType,
    String definitionHash,
    @Nullable String correlationId,
    @Nullable String sessionId,
    Map<String, String> labels,
    JsonNode input,
    Instant startedAt) {}
