// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import java.util.List;

/** A list of tasks that run one after the other; its pointer is its identity in a definition. */
public record Block(String pointer, List<Task> tasks) {}
