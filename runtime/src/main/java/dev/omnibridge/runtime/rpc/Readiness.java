// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether this process serves. A service serves while it says so itself and every peer serves that
 * the process cannot do without; what it merely misses makes it degraded. Safe for use from several
 * threads.
 */
final class Readiness {
  /** Overall health by the convention of gRPC, and the two names that say which kind is meant. */
  private static final String OVERALL = HealthStatusManager.SERVICE_NAME_ALL_SERVICES;

  private static final String READINESS = "readiness";
  private static final String LIVENESS = "liveness";

  private final HealthStatusManager health;
  private final Set<String> kinds = new LinkedHashSet<>(List.of(OVERALL, READINESS));
  private final Map<String, Boolean> services = new LinkedHashMap<>();
  private final Map<Peer, Boolean> needed = new EnumMap<>(Peer.class);
  private final Map<Peer, Boolean> wanted = new EnumMap<>(Peer.class);
  private final Map<String, String> troubles = new TreeMap<>();
  private boolean serving;
  private boolean draining;

  Readiness(HealthStatusManager health) {
    this.health = health;
    health.setStatus(LIVENESS, ServingStatus.SERVING);
    tell();
  }

  /** Under which name a member of the cluster tells that it, and no other process, is ready. */
  static String ofMember(String id) {
    return READINESS + "/" + id;
  }

  /** This process is a member of the cluster from now on. */
  synchronized void joins(String id) {
    kinds.add(ofMember(id));
    tell();
  }

  synchronized void offered(String service) {
    services.put(service, true);
    tell();
  }

  synchronized void says(String service, boolean serves) {
    services.put(service, serves);
    tell();
  }

  /** From now on calls are taken. */
  synchronized void serve() {
    serving = true;
    tell();
  }

  synchronized void needs(Peer peer) {
    boolean unused = needed.merge(peer, false, Boolean::logicalOr);
    tell();
  }

  synchronized void wants(Peer peer) {
    boolean unused = wanted.merge(peer, false, Boolean::logicalOr);
  }

  /** The peers whose health matters here. */
  synchronized Map<Peer, Boolean> peers() {
    var peers = new EnumMap<Peer, Boolean>(Peer.class);
    peers.putAll(wanted);
    peers.putAll(needed);
    return Collections.unmodifiableMap(peers);
  }

  synchronized void heard(Peer peer, boolean serves) {
    needed.replace(peer, serves);
    wanted.replace(peer, serves);
    tell();
  }

  /** True while a peer is missing that this process cannot do without. */
  synchronized boolean misses() {
    return needed.containsValue(false);
  }

  /** Something that is missing while the process goes on; null when it is back. */
  synchronized void trouble(String part, @Nullable String what) {
    if (what == null) {
      troubles.remove(part);
    } else {
      troubles.put(part, what);
    }
  }

  synchronized void drain() {
    if (!draining) {
      draining = true;
      health.enterTerminalState();
    }
  }

  private void tell() {
    if (draining) {
      return;
    }
    boolean possible = serving && !needed.containsValue(false);
    services.forEach((service, says) -> health.setStatus(service, status(possible && says)));
    kinds.forEach(kind -> health.setStatus(kind, status(ready())));
  }

  private static ServingStatus status(boolean serving) {
    return serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
  }

  synchronized boolean ready() {
    return serving && !draining && !needed.containsValue(false) && !services.containsValue(false);
  }

  /** UP, DEGRADED or DOWN, and what leads to that. */
  record Report(String status, Map<String, String> parts) {}

  synchronized Report report() {
    var parts = new LinkedHashMap<String, String>();
    services.forEach((service, says) -> parts.put(service, says ? "SERVING" : "NOT_SERVING"));
    needed.forEach((peer, is) -> parts.put(peer.service(), is ? "SERVING" : "NOT_SERVING"));
    wanted.forEach((peer, is) -> parts.put(peer.service(), is ? "SERVING" : "MISSED"));
    parts.putAll(troubles);
    boolean degraded = wanted.containsValue(false) || !troubles.isEmpty();
    return new Report(!ready() ? "DOWN" : degraded ? "DEGRADED" : "UP", parts);
  }
}
