// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import dev.omnibridge.api.stamping.v1.BatchCreateStampsRequest;
import dev.omnibridge.api.stamping.v1.BatchItem;
import dev.omnibridge.api.stamping.v1.ClientDigests;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.ItemError;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.stamping.stamp.Digests;
import java.util.ArrayList;
import java.util.List;

/** Stamps files of which the suite is told the digests only. */
public final class StampBatch {
  /** Most files of one call. */
  public static final int MOST = 1_000;

  /** Under what one message may have, the answer's fields around the items included. */
  private static final long MOST_BYTES = Edge.MAX_MESSAGE_BYTES - 512 * 1024;

  /** What a stamp has beside what was asked for. */
  private static final int MORE_IN_ANSWER = 1024;

  private StampBatch() {}

  /** What to stamp: digests and everything else. */
  public static CreateStampRequest order(Digests digests, StampOptions options) {
    return CreateStampRequest.newBuilder()
        .setDigests(
            ClientDigests.newBuilder()
                .setContentHash(digests.contentHash().hex())
                .setFileHash(digests.fileHash().hex())
                .setSize(digests.size()))
        .setOptions(options)
        .build();
  }

  /**
   * The outcomes, in the order of the requests. When a call is refused as a whole, each item is
   * asked for apart, down to the one that is to blame.
   *
   * @throws Fault when everything is refused
   */
  public static List<BatchItem> send(Client client, List<CreateStampRequest> orders) {
    List<BatchItem> items = new ArrayList<>(orders.size());
    for (int from = 0; from < orders.size(); ) {
      int to = end(orders, from);
      items.addAll(answers(client, orders.subList(from, to)));
      from = to;
    }
    return items;
  }

  /** How far one call goes: by number, and by the bytes of it and of its answer. */
  private static int end(List<CreateStampRequest> orders, int from) {
    int to = from;
    for (long bytes = 0; to < orders.size() && to - from < MOST; to++) {
      bytes += orders.get(to).getSerializedSize() + MORE_IN_ANSWER;
      if (bytes > MOST_BYTES && to > from) {
        break;
      }
    }
    return to;
  }

  private static List<BatchItem> answers(Client client, List<CreateStampRequest> orders) {
    try {
      return call(client, orders);
    } catch (Fault whole) {
      List<BatchItem> items = apart(client, orders, whole);
      if (items.size() > 1 && items.stream().allMatch(BatchItem::hasError)) {
        throw whole;
      }
      return items;
    }
  }

  private static List<BatchItem> apart(
      Client client, List<CreateStampRequest> orders, Fault together) {
    if (together.kind() != Kind.INVALID) {
      throw together;
    }
    if (orders.size() == 1) {
      return List.of(refused(together));
    }
    int middle = orders.size() / 2;
    List<BatchItem> items = new ArrayList<>(orders.size());
    for (var half : List.of(orders.subList(0, middle), orders.subList(middle, orders.size()))) {
      try {
        items.addAll(call(client, half));
      } catch (Fault still) {
        items.addAll(apart(client, half, still));
      }
    }
    return items;
  }

  private static BatchItem refused(Fault fault) {
    return BatchItem.newBuilder()
        .setError(
            ItemError.newBuilder()
                .setCode(fault.kind().code().value())
                .setReason(fault.reason())
                .setMessage(fault.sentence()))
        .build();
  }

  private static List<BatchItem> call(Client client, List<CreateStampRequest> orders) {
    List<BatchItem> items =
        client
            .call(
                Peer.STAMPING,
                StampingServiceGrpc.getBatchCreateStampsMethod(),
                BatchCreateStampsRequest.newBuilder().addAllItems(orders).build())
            .getItemsList();
    if (items.size() != orders.size()) {
      throw Fault.broken(new IllegalStateException("A batch was answered with other items"));
    }
    return items;
  }
}
