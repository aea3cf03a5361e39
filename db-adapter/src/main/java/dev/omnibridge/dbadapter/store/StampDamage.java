// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.store.CommitGroup.Pending;
import dev.omnibridge.runtime.Fault;
import io.vertx.pgclient.PgException;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A log of stamps that takes no leaf, because somebody has written where its next one belongs.
 *
 * @param namespace whose log
 */
record StampDamage(String namespace) {
  private static final Set<String> CONSTRAINTS =
      Set.of("stamp_leaves_pkey", "metadata_stamps_by_leaf");

  /** "Key (namespace, leaf_index)=(default, 7) already exists."; names have no comma. */
  private static final Pattern KEY = Pattern.compile("=\\(([^,()]+), ");

  /** What a refused write tells of such a log; null when it is about something else. */
  static @Nullable StampDamage of(Throwable failure) {
    if (!(failure instanceof PgException refused)
        || !CONSTRAINTS.contains(String.valueOf(refused.getConstraint()))) {
      return null;
    }
    var key = KEY.matcher(String.valueOf(refused.getDetail()));
    return key.find() ? new StampDamage(key.group(1)) : null;
  }

  /** Whether an append adds a leaf to it. */
  boolean touches(Pending pending) {
    return pending.append().rows().stream()
        .anyMatch(row -> row.hasStamp() && row.getStamp().getNamespace().equals(namespace));
  }

  Fault fault() {
    return Fault.of(
            Fault.Kind.BROKEN,
            "STAMP_LOG_DAMAGED",
            "The log of stamps of %s has something where its next leaf belongs; audit it."
                .formatted(namespace))
        .with("namespace", namespace);
  }
}
