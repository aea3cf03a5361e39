// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What an expression may read and spend: variables by name (without the dollar sign, computed when
 * used), and a meter that may have been used by other expressions before.
 */
public record Bindings(Map<String, Supplier<JsonNode>> variables, Meter meter) {}
