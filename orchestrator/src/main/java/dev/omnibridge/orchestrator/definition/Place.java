// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

/** Where something stands in the text of a definition; line and column count from 1. */
public record Place(int line, int column) {}
