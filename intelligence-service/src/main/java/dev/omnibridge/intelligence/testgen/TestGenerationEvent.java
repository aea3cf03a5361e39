// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.testgen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A fact about a generation of tests. */
public sealed interface TestGenerationEvent {
  UUID correlationId();

  /** The workflow that the generation is part of, if any. */
  @Nullable UUID workflowId();

  /** When it happened. */
  Instant timestamp();

  /** It has begun. */
  record Started(
      UUID correlationId,
      @Nullable UUID workflowId,
      Instant timestamp,
      String testContractName,
      List<String> testTypes,
      String nodeName,
      String outputDirectory)
      implements TestGenerationEvent {}

  /**
   * All tests were generated.
   *
   * @param generatedFiles paths; how many there are is their number
   * @param durationSeconds how long it took
   * @param qualityScore from 0 to 1
   * @param testCoverageEstimate in percent
   */
  record Completed(
      UUID correlationId,
      @Nullable UUID workflowId,
      Instant timestamp,
      List<String> generatedFiles,
      double durationSeconds,
      double qualityScore,
      @Nullable Double testCoverageEstimate,
      ObjectNode metadata)
      implements TestGenerationEvent {}

  /** It failed. */
  record Failed(
      UUID correlationId,
      @Nullable UUID workflowId,
      Instant timestamp,
      String errorCode,
      String errorMessage,
      @Nullable String stackTrace,
      @Nullable String failedTestType,
      List<String> partialFilesGenerated,
      ObjectNode metadata)
      implements TestGenerationEvent {}

  /** The type in the catalogue. */
  default String type() {
    return TestGenerationCodec.type(this);
  }

  /** The payload, by the catalogue. */
  default ObjectNode payload() {
    return TestGenerationCodec.write(this);
  }

  /**
   * The event that a payload of one of the three types tells of, tolerant of further fields;
   * INVALID (TEST_GENERATION_MALFORMED) when it lacks what every event has.
   */
  static TestGenerationEvent of(String type, JsonNode payload) {
    return TestGenerationCodec.read(type, payload);
  }
}
