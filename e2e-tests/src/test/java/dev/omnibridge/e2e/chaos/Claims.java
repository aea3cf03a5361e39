// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the clients asked for and what they were answered.
 *
 * @param submissions workflows
 * @param stamps stamps asked for directly
 * @param published events of others, in the order of their publication per key
 */
record Claims(List<Submission> submissions, List<Stamping> stamps, List<Published> published) {

  /**
   * A workflow that was submitted, perhaps several times under one request id.
   *
   * @param order the label by which it is found
   * @param requests the request ids it was submitted under, one for each client
   * @param runs the run that each answer named; none: never acknowledged
   * @param refusal an answer that no valid submission should get
   */
  record Submission(
      String namespace,
      String order,
      List<String> requests,
      Due due,
      List<String> runs,
      @Nullable String refusal) {
    boolean acknowledged() {
      return !runs.isEmpty();
    }

    Submission answered(List<String> answers, @Nullable String refused) {
      return new Submission(namespace, order, requests, due, answers, refused);
    }
  }

  /**
   * What a submission has to come to.
   *
   * @param kind what was submitted
   * @param state how it has to end
   * @param steps calls with an outcome when it has ended
   * @param emits events that it has to emit
   * @param contents hashes of what it has to stamp, each no other submission's
   */
  record Due(String kind, String state, int steps, int emits, List<String> contents) {}

  /**
   * Bytes that were to be stamped, perhaps several times under one operation id.
   *
   * @param stamps the stamp that each answer named; none: never acknowledged
   */
  record Stamping(
      String namespace,
      String contentHash,
      String operation,
      List<String> stamps,
      @Nullable String refusal) {
    boolean acknowledged() {
      return !stamps.isEmpty();
    }
  }

  /**
   * An event of somebody else, perhaps sent several times.
   *
   * @param number grows with every event of a key
   */
  record Published(String id, String key, long number, boolean acknowledged) {}
}
