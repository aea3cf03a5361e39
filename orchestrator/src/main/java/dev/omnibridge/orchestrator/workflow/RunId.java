// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

/** Identity of one run of a workflow: a UUIDv7 as text. */
public record RunId(String value) {}
