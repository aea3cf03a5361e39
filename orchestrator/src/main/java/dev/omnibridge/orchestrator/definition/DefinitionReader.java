// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads definitions. One per process: it holds the compiled schema of the DSL and the jq engine,
 * and is safe for use by many threads.
 */
public final class DefinitionReader {
  private static final Set<String> SUPPORTED_USES = Set.of("errors", "retries", "timeouts");

  private final DslSchema schema = new DslSchema();
  private final JqEngine jq = new JqEngine();

  /** The definition in a text (YAML or JSON); throws with every problem found when there is any. */
  public Definition read(String text) throws InvalidDefinition {
    SourceText source = SourceText.read(text);
    Problems problems = new Problems(source);
    if (!(source.root() instanceof ObjectNode root)) {
      throw new InvalidDefinition(List.of(new Problem("", "is not an object", source.at(""))));
    }
    schema.checkDocument(root, problems);
    problems.throwIfAny();
    checkSupported(root, problems);
    Parts parts = new Parts(root, schema, jq, problems);
    TaskReader tasks = new TaskReader(parts, schema, problems);
    Shape input = parts.shape(root, "", "input", "from", Parts.NAMES);
    Shape output = parts.shape(root, "", "output", "as", Parts.NAMES);
    var unused = tasks.block(root.path("do"), Definition.ROOT, Parts.NAMES);
    problems.throwIfAny();
    JsonNode document = root.path("document");
    return new Definition(
        document.path("namespace").asText(),
        document.path("name").asText(),
        document.path("version").asText(),
        root,
        input,
        output,
        Map.copyOf(tasks.blocks),
        Map.copyOf(tasks.owners),
        Map.copyOf(tasks.tasks),
        Set.copyOf(tasks.functions));
  }

  private static void checkSupported(ObjectNode root, Problems problems) {
    if (!root.path("document").path("dsl").asText().startsWith("1.")) {
      problems.add("/document/dsl", "is not a version 1 of the DSL");
    }
    for (String part : List.of("schedule", "timeout")) {
      if (root.has(part)) {
        problems.notSupported("/" + part, "a " + part + " of the workflow");
      }
    }
    for (var use : root.path("use").properties()) {
      if (!SUPPORTED_USES.contains(use.getKey())) {
        problems.notSupported("/use/" + use.getKey(), "use." + use.getKey());
      }
    }
  }
}
