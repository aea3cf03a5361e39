// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What evaluations have used of their common budget. Steps are counted, not time, so that the same
 * expression on the same input always ends the same way. The size of a container is found once and
 * remembered, since jq values do not change; so [., .] forty times over is seen for what it is.
 *
 * <p>What is remembered is kept from being collected: of an accumulator jq makes a copy with every
 * round. So all of it is forgotten once it holds more than {@link #MAX_HELD}, between two
 * measurements and never within one. A value that is still in use is then measured once more, which
 * costs little beside the copies that were made since: the largest usual value, some 30,000 small
 * objects, holds a quarter of the limit.
 */
public final class Meter {
  private static final int MAX_STEPS = 1_000_000;
  static final int MAX_CHECKS = 10_000_000;
  static final long MAX_SIZE = 1024 * 1024;

  /** Bytes, estimated: a container is 100, a child 48 and its text. */
  static final long MAX_HELD = 32L * 1024 * 1024;

  private final Map<JsonNode, Long> sizes = new IdentityHashMap<>();
  private long held;
  private int steps;
  private int checks;

  /** Refuses a value that is too large. */
  void measure(JsonNode value) {
    var unused = grown(0, value);
  }

  /** The size of an array with one more item; refused at the item that makes it too large. */
  long grown(long size, JsonNode item) {
    if (held > MAX_HELD) {
      sizes.clear();
      held = 0;
    }
    return within(size + size(item));
  }

  /** The containers that cannot be collected while this meter is in use. */
  Set<JsonNode> remembered() {
    return sizes.keySet();
  }

  void step() {
    if (++steps > MAX_STEPS) {
      throw new BudgetExceeded("takes more than %,d steps".formatted(MAX_STEPS));
    }
  }

  /** Steps of checks against schemas; false when they are more than all together may take. */
  boolean check(int cost) {
    checks += cost;
    return checks <= MAX_CHECKS;
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
    long holds = 100;
    for (JsonNode child : value) {
      size = within(size + 1 + size(child));
      holds += 48 + (child.isTextual() ? child.textValue().length() : 0);
    }
    var names = value.fieldNames();
    while (names.hasNext()) {
      int length = names.next().length();
      size += length + 3L;
      holds += length;
    }
    sizes.put(value, within(size));
    held += holds;
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
