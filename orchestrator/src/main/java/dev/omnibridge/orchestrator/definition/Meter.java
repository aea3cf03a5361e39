// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * What evaluations have used of their common budget. Steps are counted, not time, so that the same
 * expression on the same input always ends the same way. The size of a container is found once and
 * remembered, since jq values do not change; so [., .] forty times over is seen for what it is.
 */
public final class Meter {
  private static final int MAX_STEPS = 1_000_000;
  static final long MAX_SIZE = 1024 * 1024;

  private final Map<JsonNode, Long> sizes = new IdentityHashMap<>();
  private int steps;

  /** Refuses a value that is too large. */
  void measure(JsonNode value) {
    if (value.isContainerNode() || value.isTextual()) {
      var unused = size(value);
    }
  }

  void step() {
    if (++steps > MAX_STEPS) {
      throw new BudgetExceeded("takes more than %,d steps".formatted(MAX_STEPS));
    }
  }

  /** The length the value would have as JSON, roughly; each container costs its children once. */
  private long size(JsonNode value) {
    if (!value.isContainerNode()) {
      return within(value.isTextual() ? value.textValue().length() + 2L : 8L);
    }
    Long known = sizes.get(value);
    if (known != null) {
      return known;
    }
    long size = 2;
    for (JsonNode child : value) {
      size = within(size + 1 + size(child));
    }
    if (value.isObject()) {
      var names = value.fieldNames();
      while (names.hasNext()) {
        size += names.next().length() + 3L;
      }
    }
    sizes.put(value, within(size));
    return size;
  }

  private static long within(long size) {
    if (size > MAX_SIZE) {
      throw new BudgetExceeded("makes a value of more than %,d characters".formatted(MAX_SIZE));
    }
    return size;
  }

  /** Unchecked and not jq's own exception, so that jq's try cannot catch it. */
  static final class BudgetExceeded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BudgetExceeded(String message) {
      super(message, null, false, false);
    }
  }
}
