// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.index;

import dev.omnibridge.intelligence.index.Change.Embedded;
import dev.omnibridge.intelligence.index.Change.Seen;
import dev.omnibridge.intelligence.index.Change.Stamped;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What changes make of the entries that are there. */
final class Edit {
  private final Map<String, Map<String, Entry>> byHash = new HashMap<>();
  private final Map<String, Entry> changed = new LinkedHashMap<>();

  Edit(List<Entry> present) {
    present.forEach(entry -> ofHash(entry.contentHash()).put(entry.id(), entry));
  }

  Collection<Entry> changed() {
    return changed.values();
  }

  void take(Change change) {
    switch (change) {
      case Stamped stamped -> stamped(stamped);
      case Seen seen -> seen(seen);
      case Embedded embedded ->
          ofHash(embedded.contentHash())
              .values()
              .forEach(entry -> changed.put(entry.id(), entry.withModel(embedded.vector())));
    }
    changed.values().forEach(entry -> ofHash(entry.contentHash()).put(entry.id(), entry));
  }

  private void stamped(Stamped stamped) {
    Entry like = withText(stamped.contentHash());
    Features features =
        stamped.features() != null ? stamped.features() : like == null ? null : like.features();
    Entry entry =
        new Entry(
            stamped.namespace(),
            stamped.contentHash(),
            stamped.fileHash(),
            stamped.path(),
            true,
            features,
            like == null ? null : like.model(),
            like != null && like.modelTried());
    changed.put(entry.id(), entry);
    spread(stamped.contentHash(), features);
  }

  private void seen(Seen seen) {
    String id = Entry.id(seen.namespace(), seen.contentHash());
    Entry like = withText(seen.contentHash());
    if (!ofHash(seen.contentHash()).containsKey(id)) {
      changed.put(
          id,
          new Entry(
              seen.namespace(),
              seen.contentHash(),
              "",
              seen.path(),
              false,
              seen.features(),
              like == null ? null : like.model(),
              like != null && like.modelTried()));
    }
    spread(seen.contentHash(), seen.features());
  }

  /** The same bytes in another namespace have the same features. */
  private void spread(String hash, @Nullable Features features) {
    if (features != null) {
      ofHash(hash).values().stream()
          .filter(entry -> entry.features() == null && !changed.containsKey(entry.id()))
          .forEach(entry -> changed.put(entry.id(), entry.withFeatures(features)));
    }
  }

  private @Nullable Entry withText(String hash) {
    return ofHash(hash).values().stream()
        .filter(entry -> Objects.nonNull(entry.features()))
        .findFirst()
        .orElse(null);
  }

  private Map<String, Entry> ofHash(String hash) {
    return byHash.computeIfAbsent(hash, _ -> new LinkedHashMap<>());
  }
}
