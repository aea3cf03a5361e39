// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;

/** A definition that can be run: everything in it is checked, resolved and compiled. */
public record Definition(
    String namespace,
    String name,
    String version,
    JsonNode source,
    Shape input,
    Shape output,
    Map<String, Block> blocks,
    Map<String, Task> owners,
    Map<String, Task> tasks,
    Set<String> functions) {
  public static final String ROOT = "/do";

  /** The list of tasks at a pointer. */
  public Block block(String pointer) {
    Block block = blocks.get(pointer);
    if (block == null) {
      throw new IllegalArgumentException("No tasks at %s in %s".formatted(pointer, name));
    }
    return block;
  }

  /** The task at a pointer. */
  public Task task(String pointer) {
    Task task = tasks.get(pointer);
    if (task == null) {
      throw new IllegalArgumentException("No task at %s in %s".formatted(pointer, name));
    }
    return task;
  }

  /** The task that a list belongs to; the outermost list belongs to none. */
  public Task owner(String block) {
    Task owner = owners.get(block);
    if (owner == null) {
      throw new IllegalArgumentException("No task owns %s in %s".formatted(block, name));
    }
    return owner;
  }
}
