// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import org.jspecify.annotations.Nullable;

/** How data is checked and transformed on its way in or out. */
public record Shape(@Nullable DataSchema schema, @Nullable Template transform) {
  static final Shape NONE = new Shape(null, null);
}
