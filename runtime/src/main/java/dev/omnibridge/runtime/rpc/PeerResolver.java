// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Gives a channel the addresses of a peer, all that its host names stand for, as they change. */
final class PeerResolver extends NameResolver {
  static final String SCHEME = "omnibridge";

  private final Peer peer;
  private final Directory directory;
  private final Executor executor;
  private volatile @Nullable Listener2 listener;

  private PeerResolver(Peer peer, Directory directory, Executor executor) {
    this.peer = peer;
    this.directory = directory;
    this.executor = executor;
  }

  static Factory factory(Directory directory) {
    return new Factory() {
      @Override
      public @Nullable NameResolver newNameResolver(URI target, Args args) {
        return SCHEME.equals(target.getScheme())
            ? Peer.named(target.getPath().substring(1))
                .map(peer -> new PeerResolver(peer, directory, executor(args)))
                .orElse(null)
            : null;
      }

      @Override
      public String getDefaultScheme() {
        return SCHEME;
      }
    };
  }

  /** Looking names up may wait for a name server. */
  private static Executor executor(Args args) {
    Executor offload = args.getOffloadExecutor();
    return offload == null ? Thread::startVirtualThread : offload;
  }

  @Override
  public String getServiceAuthority() {
    return peer.service();
  }

  @Override
  public void start(Listener2 told) {
    listener = told;
    directory.onChange(this::refresh);
    refresh();
  }

  @Override
  public void refresh() {
    Listener2 told = listener;
    if (told != null) {
      executor.execute(() -> resolve(told));
    }
  }

  private void resolve(Listener2 told) {
    List<EquivalentAddressGroup> groups = new ArrayList<>();
    String unknown = "no address is known";
    for (String address : directory.find(peer).addresses()) {
      try {
        groups.addAll(resolve(address));
      } catch (UnknownHostException | IllegalArgumentException notFound) {
        unknown = "%s cannot be found".formatted(address);
      }
    }
    told.onResult(
        ResolutionResult.newBuilder()
            .setAddressesOrError(
                groups.isEmpty()
                    ? StatusOr.fromStatus(
                        Status.UNAVAILABLE.withDescription(peer.service() + ": " + unknown))
                    : StatusOr.fromValue(groups))
            .build());
  }

  private static List<EquivalentAddressGroup> resolve(String address) throws UnknownHostException {
    URI parts = URI.create("//" + address);
    if (parts.getHost() == null || parts.getPort() < 0) {
      throw new IllegalArgumentException(address);
    }
    List<EquivalentAddressGroup> groups = new ArrayList<>();
    for (InetAddress host : InetAddress.getAllByName(parts.getHost())) {
      groups.add(new EquivalentAddressGroup(new InetSocketAddress(host, parts.getPort())));
    }
    return groups;
  }

  @Override
  public void shutdown() {
    listener = null;
  }
}
