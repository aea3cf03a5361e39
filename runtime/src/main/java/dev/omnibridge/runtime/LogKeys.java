// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime;

/** The keys of structured log lines, so that one search finds a thing in every service. */
public final class LogKeys {
  public static final String SERVICE = "service";
  public static final String NAMESPACE = "namespace";
  public static final String WORKFLOW_ID = "workflowId";
  public static final String RUN_ID = "runId";
  public static final String STREAM = "stream";
  public static final String VERSION = "version";
  public static final String LANE = "lane";
  public static final String POSITION = "position";
  public static final String TOPIC = "topic";
  public static final String PARTITION = "partition";
  public static final String OFFSET = "offset";
  public static final String COUNT = "count";
  public static final String REASON = "reason";
  public static final String METHOD = "method";
  public static final String ADDRESS = "address";
  public static final String MILLIS = "millis";
  public static final String STATE = "state";
  public static final String HASH = "hash";

  private LogKeys() {}
}
