// SPDX-License-Identifier: Apache-2.0
/**
 * What a user writes, understood: reads a workflow definition of the Open Workflow DSL 1.0 (YAML or
 * JSON), checks it against the schema of the DSL and against what this suite supports, compiles its
 * expressions, and hands out the model that the rules walk. Pure: it reads the DSL's schema from
 * the classpath once and touches nothing else.
 */
@NullMarked
package dev.omnibridge.orchestrator.definition;

import org.jspecify.annotations.NullMarked;
