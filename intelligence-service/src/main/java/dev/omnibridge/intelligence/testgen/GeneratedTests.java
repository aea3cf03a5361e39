// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.testgen;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a generator has made.
 *
 * @param files paths of the files
 * @param qualityScore from 0 to 1
 * @param coverageEstimate in percent; null when nobody estimated it
 * @param metadata further figures
 */
public record GeneratedTests(
    List<String> files,
    double qualityScore,
    @Nullable Double coverageEstimate,
    ObjectNode metadata) {}
