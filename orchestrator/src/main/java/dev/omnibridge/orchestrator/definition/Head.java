// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What every task has: who it is, whether it runs, how data flows through it, what comes after. */
public record Head(
    String name,
    String pointer,
    JsonNode source,
    @Nullable Expression condition,
    Shape input,
    Shape output,
    Shape export,
    @Nullable Duration timeout,
    Flow then) {}
