// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

/** The name a user gave to a workflow; unique in its namespace. */
public record WorkflowId(String namespace, String value) {}
