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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives a channel the addresses of a peer, all that its host names stand for, as they change. One
 * look-up at a time; what changes meanwhile is looked up afterwards.
 */
final class PeerResolver extends NameResolver {
  static final String SCHEME = "omnibridge";

  private final String name;
  private final Supplier<List<String>> addresses;
  private final Directory directory;
  private final Executor executor;
  private @Nullable Listener2 listener;
  private Runnable stopListening = () -> {};
  private boolean resolving;
  private boolean onceMore;

  private PeerResolver(
      String name, Supplier<List<String>> addresses, Directory directory, Executor executor) {
    this.name = name;
    this.addresses = addresses;
    this.directory = directory;
    this.executor = executor;
  }

  /** Resolves to addresses that may differ whenever the directory changes. */
  static Factory of(String name, Supplier<List<String>> addresses, Directory directory) {
    return new Factory() {
      @Override
      public NameResolver newNameResolver(URI target, Args args) {
        return new PeerResolver(name, addresses, directory, executor(args));
      }

      @Override
      public String getDefaultScheme() {
        return SCHEME;
      }
    };
  }

  /** Looking names up may wait for a name server. */
  private static Executor executor(NameResolver.Args args) {
    Executor offload = args.getOffloadExecutor();
    return offload == null ? Thread::startVirtualThread : offload;
  }

  @Override
  public String getServiceAuthority() {
    return name;
  }

  @Override
  public void start(Listener2 told) {
    synchronized (this) {
      listener = told;
      stopListening = directory.onChange(this::refresh);
    }
    refresh();
  }

  @Override
  public synchronized void refresh() {
    onceMore = true;
    if (!resolving && listener != null) {
      resolving = true;
      executor.execute(this::resolve);
    }
  }

  private void resolve() {
    for (Listener2 told = next(); told != null; told = next()) {
      told.onResult(result());
    }
  }

  /** Who is to be told; null when there is nothing more to look up. */
  private synchronized @Nullable Listener2 next() {
    resolving = onceMore && listener != null;
    onceMore = false;
    return resolving ? listener : null;
  }

  private ResolutionResult result() {
    List<EquivalentAddressGroup> groups = new ArrayList<>();
    String unknown = "no address is known";
    for (String address : addresses.get()) {
      try {
        groups.addAll(resolve(address));
      } catch (UnknownHostException | IllegalArgumentException notFound) {
        unknown = "%s cannot be found".formatted(address);
      }
    }
    return ResolutionResult.newBuilder()
        .setAddressesOrError(
            groups.isEmpty()
                ? StatusOr.fromStatus(Status.UNAVAILABLE.withDescription(name + ": " + unknown))
                : StatusOr.fromValue(groups))
        .build();
  }

  /** Host names may have characters that a URI's must not, so the last colon decides. */
  private static List<EquivalentAddressGroup> resolve(String address) throws UnknownHostException {
    int colon = address.lastIndexOf(':');
    int port = Integer.parseInt(address.substring(colon + 1));
    List<EquivalentAddressGroup> groups = new ArrayList<>();
    for (InetAddress host : InetAddress.getAllByName(address.substring(0, colon))) {
      groups.add(new EquivalentAddressGroup(new InetSocketAddress(host, port)));
    }
    return groups;
  }

  @Override
  public synchronized void shutdown() {
    listener = null;
    stopListening.run();
  }
}
