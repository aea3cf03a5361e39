// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.testgen;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why a generator failed, when it knows more than an error message. */
public final class GenerationFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String code;
  private final @Nullable String failedTestType;
  private final transient List<String> partialFiles;
  private final transient ObjectNode metadata;

  /** A failure of a class in UPPER_SNAKE, like TEMPLATE_NOT_FOUND. */
  public GenerationFailure(String code, String sentence, @Nullable Throwable cause) {
    this(code, sentence, cause, null, List.of(), JsonNodeFactory.instance.objectNode());
  }

  /**
   * A failure with all that is known of it.
   *
   * @param failedTestType kind of tests that failed
   * @param partialFiles paths of the files that were written before
   * @param metadata further circumstances
   */
  public GenerationFailure(
      String code,
      String sentence,
      @Nullable Throwable cause,
      @Nullable String failedTestType,
      List<String> partialFiles,
      ObjectNode metadata) {
    super(sentence, cause);
    this.code = code;
    this.failedTestType = failedTestType;
    this.partialFiles = List.copyOf(partialFiles);
    this.metadata = metadata;
  }

  String code() {
    return code;
  }

  @Nullable String failedTestType() {
    return failedTestType;
  }

  List<String> partialFiles() {
    return partialFiles;
  }

  ObjectNode metadata() {
    return metadata;
  }
}
