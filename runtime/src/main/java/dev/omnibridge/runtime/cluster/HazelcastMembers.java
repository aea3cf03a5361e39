// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import dev.omnibridge.runtime.LogKeys;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members of a Hazelcast cluster. What a process says of itself is in the attributes of its
 * member, so whoever is in the list can be reached, and nothing has to be kept or cleaned up. Joins
 * in the background, and again whenever Hazelcast gives up.
 */
final class HazelcastMembers implements MemberList {
  private static final Logger log = LoggerFactory.getLogger(HazelcastMembers.class);
  private static final String ID = "id";
  private static final String ADDRESS = "grpc";
  private static final String SERVICES = "services";
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final long LEAVE_SECONDS = 3;

  private final ClusterConfig config;
  private final Member self;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Thread joining;
  private volatile @Nullable HazelcastInstance instance;
  private volatile boolean left;
  private String lastReason = "";

  private HazelcastMembers(ClusterConfig config, Member self) {
    this.config = config;
    this.self = self;
    this.joining = Thread.ofPlatform().daemon().name("cluster-join").unstarted(this::stayJoined);
  }

  /** Begins to join, and returns at once. */
  static HazelcastMembers join(ClusterConfig config, Member self) {
    var members = new HazelcastMembers(config, self);
    members.joining.start();
    return members;
  }

  private void stayJoined() {
    while (!left) {
      try {
        HazelcastInstance running = instance;
        if (running == null || !running.getLifecycleService().isRunning()) {
          start();
        }
      } catch (RuntimeException | UnknownHostException failure) {
        tell(failure.toString());
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /** Once, and not every two seconds, until the reason is another one. */
  private void tell(String reason) {
    if (!reason.equals(lastReason)) {
      lastReason = reason;
      log.atWarn().addKeyValue(LogKeys.REASON, reason).log("the cluster cannot be joined yet");
    }
  }

  private void start() throws UnknownHostException {
    long began = System.nanoTime();
    HazelcastInstance started = Hazelcast.newHazelcastInstance(hazelcast());
    var unusedId = started.getCluster().addMembershipListener(new Listener());
    var unused = started.getLifecycleService().addLifecycleListener(_ -> changed());
    instance = started;
    lastReason = "";
    if (left) {
      leave();
      return;
    }
    log.atInfo()
        .addKeyValue(LogKeys.COUNT, members().size())
        .addKeyValue(LogKeys.MILLIS, (System.nanoTime() - began) / 1_000_000)
        .log("cluster joined");
    changed();
  }

  private Config hazelcast() throws UnknownHostException {
    var settings = new Config().setClusterName(config.name()).setLiteMember(true);
    settings.getJetConfig().setEnabled(false);
    properties().forEach(settings::setProperty);
    if (!config.listensEverywhere()) {
      // Not as an interface: Hazelcast then asks no member by name but those that are this one.
      settings.setProperty("hazelcast.local.localAddress", ipv4(config.host()));
    }
    network(settings.getNetworkConfig());
    settings.getSerializationConfig().setJavaSerializationFilterConfig(onlyItsOwn());
    settings
        .getMemberAttributeConfig()
        .setAttribute(ID, self.id())
        .setAttribute(ADDRESS, self.address())
        .setAttribute(SERVICES, String.join(",", self.services()));
    return settings;
  }

  /** Who reaches the port can send objects; none but Hazelcast's own are made of the bytes. */
  private static JavaSerializationFilterConfig onlyItsOwn() {
    var filter = new JavaSerializationFilterConfig().setDefaultsDisabled(true);
    filter
        .getWhitelist()
        .addPrefixes("com.hazelcast.", "java.lang.", "java.util.", "java.io.", "[");
    return filter;
  }

  /** Nothing is stored and nothing computed here, so few threads do. */
  private Map<String, String> properties() {
    return Map.ofEntries(
        Map.entry("hazelcast.phone.home.enabled", "false"),
        Map.entry("hazelcast.shutdownhook.enabled", "false"),
        Map.entry("hazelcast.logging.type", "slf4j"),
        Map.entry("hazelcast.jmx", "false"),
        Map.entry("hazelcast.socket.bind.any", "false"),
        Map.entry("hazelcast.wait.seconds.before.join", "0"),
        Map.entry("hazelcast.tcp.join.port.try.count", Integer.toString(ClusterConfig.PORTS)),
        Map.entry("hazelcast.heartbeat.interval.seconds", "1"),
        Map.entry(
            "hazelcast.max.no.heartbeat.seconds",
            Long.toString(Math.max(2, config.memberTimeout().toSeconds()))),
        Map.entry("hazelcast.merge.first.run.delay.seconds", "5"),
        Map.entry("hazelcast.merge.next.run.delay.seconds", "5"),
        Map.entry("hazelcast.operation.thread.count", "2"),
        Map.entry("hazelcast.operation.generic.thread.count", "2"),
        Map.entry("hazelcast.io.thread.count", "1"));
  }

  private void network(NetworkConfig network) {
    network
        .setPort(config.port())
        .setPortAutoIncrement(true)
        .setPortCount(ClusterConfig.PORTS)
        .setReuseAddress(true);
    JoinConfig join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true).setMembers(config.members());
  }

  /** Hazelcast knows the interfaces of the machine by their addresses, and not by names. */
  static String ipv4(String host) throws UnknownHostException {
    for (InetAddress address : InetAddress.getAllByName(host)) {
      if (address instanceof Inet4Address) {
        return address.getHostAddress();
      }
    }
    throw new UnknownHostException(host + " has no IPv4 address");
  }

  private final class Listener implements MembershipListener {
    @Override
    public void memberAdded(MembershipEvent event) {
      changed();
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
      changed();
    }
  }

  private void changed() {
    listeners.forEach(Runnable::run);
  }

  @Override
  public boolean joined() {
    HazelcastInstance running = instance;
    return running != null && running.getLifecycleService().isRunning();
  }

  @Override
  public List<Member> members() {
    HazelcastInstance running = instance;
    if (running == null) {
      return List.of();
    }
    try {
      return running.getCluster().getMembers().stream()
          .filter(member -> member.getAttribute(ID) != null)
          .map(member ->
              new Member(
                  member.getAttribute(ID),
                  member.getAttribute(ADDRESS),
                  Set.of(member.getAttribute(SERVICES).split(","))))
          .toList();
    } catch (HazelcastInstanceNotActiveException stopped) {
      return List.of();
    }
  }

  @Override
  public void onChange(Runnable action) {
    listeners.add(action);
  }

  @Override
  public void leave() {
    left = true;
    LockSupport.unpark(joining);
    HazelcastInstance running = instance;
    if (running == null) {
      return;
    }
    try {
      CompletableFuture.runAsync(running::shutdown).get(LEAVE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception unclean) {
      log.atDebug().setCause(unclean).log("the cluster was left without a word");
      // Not waited for: it may wait for the shutdown, and the process has more to stop.
      var unused =
          Thread.ofPlatform()
              .daemon()
              .name("cluster-end")
              .start(running.getLifecycleService()::terminate);
    }
  }
}
