// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.definition.Definition;
import dev.omnibridge.orchestrator.definition.DefinitionReader;
import dev.omnibridge.orchestrator.workflow.Limits;
import dev.omnibridge.orchestrator.workflow.WorkflowRules;
import dev.omnibridge.runtime.blake3.Blake3;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The definitions that runs are pinned to, by the hash of their canonical text; keeps some at hand.
 */
final class Definitions {
  private static final int KEPT = 300;
  private static final int LONGEST_KEPT = 64 * 1024;

  private final DefinitionReader reader;
  private final World world;
  private final Limits limits;
  private final Map<String, Pinned> byHash = new Recent<>();

  /** By the hash of what a user wrote. */
  private final Map<String, Pinned> byText = new Recent<>();

  Definitions(DefinitionReader reader, World world, Limits limits) {
    this.reader = reader;
    this.world = world;
    this.limits = limits;
  }

  /** A definition with its canonical text, the hash of that, and the rules of its runs. */
  record Pinned(Definition definition, String text, String hash, WorkflowRules rules) {
    String workflowType() {
      return definition.namespace() + "/" + definition.name();
    }
  }

  /** Reads what a user wrote; throws what {@link DefinitionReader#read} throws. */
  CompletionStage<Pinned> read(String text) {
    String key = hash(text);
    Pinned known = byText.get(key);
    if (known != null) {
      return CompletableFuture.completedStage(known);
    }
    return world
        .turns()
        .aside(() -> pin(reader.read(text)))
        .thenApply(pinned -> keep(byText, key, pinned));
  }

  /** The definition that a run is pinned to. */
  CompletionStage<Pinned> byHash(String hash) {
    Pinned known = byHash.get(hash);
    if (known != null) {
      return CompletableFuture.completedStage(known);
    }
    return world
        .log()
        .definition(hash)
        .thenCompose(text -> world.turns().aside(() -> pin(reader.read(text))))
        .thenApply(pinned -> keep(byHash, hash, pinned));
  }

  /** Long ones are read again for every run: a few of them must not fill the memory. */
  private static Pinned keep(Map<String, Pinned> kept, String key, Pinned pinned) {
    if (pinned.text().length() <= LONGEST_KEPT) {
      kept.put(key, pinned);
    }
    return pinned;
  }

  private Pinned pin(Definition definition) {
    String text = definition.source().toString();
    return new Pinned(definition, text, hash(text), new WorkflowRules(definition, limits));
  }

  static String hash(String text) {
    return Blake3.hash(text.getBytes(StandardCharsets.UTF_8)).hex();
  }

  private static final class Recent<V> extends LinkedHashMap<String, V> {
    private static final long serialVersionUID = 1L;

    Recent() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
      return size() > KEPT;
    }
  }
}
