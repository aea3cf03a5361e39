// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.ReadStampLeavesResponse;
import java.util.ArrayList;
import java.util.List;

/** Leaves as index, length of the record and record: what COPY sends behind the first length. */
final class LeafRows implements ScannedRows<ReadStampLeavesResponse> {
  private static final int PIECE_BYTES = 256 << 10;

  /** Up to where a tuple of the leaves is not wanted: the number of columns, the first's length. */
  private static final int FRONT = Short.BYTES + Integer.BYTES;

  private final ByteString.Output piece = ByteString.newOutput(PIECE_BYTES);
  private List<ReadStampLeavesResponse> messages = new ArrayList<>();

  @Override
  public void add(byte[] row, int from) {
    if (piece.size() + row.length > PIECE_BYTES) {
      finish();
    }
    piece.write(row, from + FRONT, row.length - from - FRONT);
  }

  private void finish() {
    if (piece.size() > 0) {
      messages.add(ReadStampLeavesResponse.newBuilder().setLeaves(piece.toByteString()).build());
      piece.reset();
    }
  }

  @Override
  public List<ReadStampLeavesResponse> take() {
    finish();
    List<ReadStampLeavesResponse> taken = messages;
    messages = new ArrayList<>();
    return taken;
  }
}
