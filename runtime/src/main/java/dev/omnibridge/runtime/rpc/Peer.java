// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.api.state.v1.StateServiceGrpc;
import dev.omnibridge.api.workflow.v1.WorkflowServiceGrpc;
import java.util.Arrays;
import java.util.Optional;

/** The services that meet over gRPC, with the variables and ports by which they are found. */
public enum Peer {
  ORCHESTRATOR("orchestrator", "ORCHESTRATOR", 8060, WorkflowServiceGrpc.SERVICE_NAME),
  DB_ADAPTER("db-adapter", "DB_ADAPTER", 8061, LogServiceGrpc.SERVICE_NAME),
  REDUCER("reducer", "REDUCER", 8062, StateServiceGrpc.SERVICE_NAME),
  STAMPING("stamping-service", "STAMPING", 8053, StampingServiceGrpc.SERVICE_NAME),
  INTELLIGENCE("intelligence-service", "INTELLIGENCE", 8058, IntelligenceServiceGrpc.SERVICE_NAME);

  private final String service;
  private final String prefix;
  private final int defaultPort;
  private final String contract;

  Peer(String service, String prefix, int defaultPort, String contract) {
    this.service = service;
    this.prefix = prefix;
    this.defaultPort = defaultPort;
    this.contract = contract;
  }

  /** The service with a name. */
  public static Optional<Peer> named(String service) {
    return Arrays.stream(values()).filter(peer -> peer.service.equals(service)).findFirst();
  }

  /** Its name in logs and messages. */
  public String service() {
    return service;
  }

  /** The variable with the port it listens on, like ORCHESTRATOR_PORT. */
  public String portVariable() {
    return prefix + "_PORT";
  }

  /** The variable with the address others find it at, like ORCHESTRATOR_ADDRESS. */
  public String addressVariable() {
    return prefix + "_ADDRESS";
  }

  /** The gRPC service whose health speaks for it. */
  public String contract() {
    return contract;
  }

  /** Where it is when nobody says anything else. */
  public String defaultAddress() {
    return "127.0.0.1:" + defaultPort;
  }

  /** The port where nothing else is said. */
  public int defaultPort() {
    return defaultPort;
  }
}
