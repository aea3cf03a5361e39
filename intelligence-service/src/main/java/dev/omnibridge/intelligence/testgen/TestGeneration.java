// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.testgen;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A generation of tests that is about to begin.
 *
 * @param correlationId names the generation; all its events share it
 * @param workflowId the workflow that it is part of, if any
 * @param testContractName name of the contract of the tests
 * @param testTypes kinds of tests to generate
 * @param nodeName what is tested
 * @param outputDirectory where the tests are written
 * @param traceparent W3C trace context; empty when there is none
 */
public record TestGeneration(
    String namespace,
    UUID correlationId,
    @Nullable UUID workflowId,
    String testContractName,
    List<String> testTypes,
    String nodeName,
    String outputDirectory,
    String traceparent) {}
