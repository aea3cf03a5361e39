// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.definition.Definition;
import dev.omnibridge.orchestrator.definition.DefinitionReader;
import dev.omnibridge.orchestrator.workflow.Limits;
import dev.omnibridge.orchestrator.workflow.WorkflowRules;
import dev.omnibridge.runtime.blake3.Blake3;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The definitions that runs are pinned to, by the hash of their canonical text. All runs of one
 * definition share it, for it takes some twenty times its text; when the last of them is gone, it
 * goes, too, unless it is one of those that were needed last.
 */
final class Definitions {
  /** Characters of the texts of what is kept for those who may need it again, at most. */
  private static final int MOST_KEPT = 2 * 1024 * 1024;

  /** What is kept takes a quarter of what all runs may hold at most, at twenty times its text. */
  private static final int SHARE = 80;

  /** Of so many texts that users wrote it is known which definition they are. */
  private static final int KNOWN_TEXTS = 4096;

  /** How many are read at once, for a large one takes many times its text while it is read. */
  private static final int READS = 3;

  private final DefinitionReader reader;
  private final World world;
  private final Limits limits;
  private final Gate reads = new Gate(READS);
  private final Map<String, Shared> shared = new HashMap<>();
  private final ReferenceQueue<Pinned> gone = new ReferenceQueue<>();

  /** What was needed last, the latest at the end. */
  private final LinkedHashMap<String, Pinned> recent = new LinkedHashMap<>(16, 0.75f, true);

  private final long mostRecent;
  private int recentLength;

  /** The hash of a definition by the hash of what a user wrote. */
  private final LinkedHashMap<String, String> byText = new LinkedHashMap<>(16, 0.75f, true);

  Definitions(DefinitionReader reader, World world, Settings settings) {
    this.reader = reader;
    this.world = world;
    this.limits = settings.limits();
    this.mostRecent = Math.min(MOST_KEPT, settings.maxHeld() / SHARE);
  }

  /** A definition with its canonical text, the hash of that, and the rules of its runs. */
  record Pinned(Definition definition, String text, String hash, WorkflowRules rules) {
    String workflowType() {
      return definition.namespace() + "/" + definition.name();
    }
  }

  /** A definition for as long as anybody has it. */
  private static final class Shared extends WeakReference<Pinned> {
    final String hash;

    Shared(Pinned pinned, ReferenceQueue<Pinned> gone) {
      super(pinned, gone);
      this.hash = pinned.hash();
    }
  }

  /** Reads what a user wrote; throws what {@link DefinitionReader#read} throws. */
  CompletionStage<Pinned> read(String text) {
    String key = hash(text);
    return known(() -> byText.get(key), text)
        .thenApply(pinned -> {
          byText.put(key, pinned.hash());
          if (byText.size() > KNOWN_TEXTS) {
            var unused = byText.pollFirstEntry();
          }
          return pinned;
        });
  }

  /** The definition that a run is pinned to. */
  CompletionStage<Pinned> byHash(String hash) {
    Pinned known = known(hash);
    return known == null
        ? world.log().definition(hash).thenCompose(text -> known(() -> hash, text))
        : CompletableFuture.completedStage(known);
  }

  /** Unless it is known, also by then, the definition is read when it is its turn. */
  private CompletionStage<Pinned> known(Supplier<@Nullable String> hash, String text) {
    Pinned known = known(hash.get());
    return known == null
        ? reads.pass(() -> {
          Pinned meanwhile = known(hash.get());
          return meanwhile == null ? pinned(text) : CompletableFuture.completedStage(meanwhile);
        })
        : CompletableFuture.completedStage(known);
  }

  private CompletionStage<Pinned> pinned(String text) {
    return world.turns().aside(() -> pin(reader.read(text))).thenApply(this::share);
  }

  private Pinned pin(Definition definition) {
    String text = definition.source().toString();
    return new Pinned(definition, text, hash(text), new WorkflowRules(definition, limits));
  }

  private @Nullable Pinned known(@Nullable String hash) {
    Shared reference = hash == null ? null : shared.get(hash);
    Pinned pinned = reference == null ? null : reference.get();
    return pinned == null ? null : recent(pinned);
  }

  /** The one that all share: this, or the same that was read before. */
  private Pinned share(Pinned read) {
    while (gone.poll() instanceof Shared reference) {
      var unused = shared.remove(reference.hash, reference);
    }
    Pinned known = known(read.hash());
    if (known != null) {
      return known;
    }
    shared.put(read.hash(), new Shared(read, gone));
    return recent(read);
  }

  private Pinned recent(Pinned pinned) {
    if (recent.put(pinned.hash(), pinned) == null) {
      recentLength += pinned.text().length();
    }
    while (recentLength > mostRecent) {
      recentLength -= Objects.requireNonNull(recent.pollFirstEntry()).getValue().text().length();
    }
    return pinned;
  }

  /** Those in memory, and those that have gone since the last was read. */
  int count() {
    return shared.size();
  }

  static String hash(String text) {
    return Blake3.hash(text.getBytes(StandardCharsets.UTF_8)).hex();
  }
}
