// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.omnibridge.api.log.v1.CompareStampsResponse;
import dev.omnibridge.api.log.v1.StampLeafRun;
import dev.omnibridge.dbadapter.log.StampAgreement;
import dev.omnibridge.dbadapter.log.StampTuple;
import java.util.ArrayList;
import java.util.List;

/**
 * Leaves beside their rows: the leaf alone where the row says the same, if that is enough, and else
 * the tuple as it is.
 */
final class ComparedRows implements ScannedRows<CompareStampsResponse> {
  private static final int PIECE_BYTES = 256 << 10;

  private final boolean onlyDiffering;
  private final StampAgreement agreement;
  private final StampTuple tuple = new StampTuple();
  private final ByteString.Output tuples = ByteString.newOutput();
  private StampLeafRun.Builder run = StampLeafRun.newBuilder();
  private byte[] records = new byte[PIECE_BYTES];
  private int filled;
  private CompareStampsResponse.Builder message = CompareStampsResponse.newBuilder();
  private int size;
  private List<CompareStampsResponse> messages = new ArrayList<>();

  ComparedRows(String namespace, boolean onlyDiffering) {
    this.onlyDiffering = onlyDiffering;
    this.agreement = new StampAgreement(namespace);
  }

  @Override
  public void add(byte[] row, int from) {
    boolean agrees = onlyDiffering && agreement.holds(tuple.read(row, from));
    int length = agrees ? tuple.recordLength() : row.length - from;
    if (size + length > PIECE_BYTES) {
      finish();
    }
    size += length;
    if (agrees) {
      addLeaf(length);
    } else {
      tuples.write(row, from, length);
    }
  }

  private void addLeaf(int length) {
    if (run.getFirstIndex() + run.getLengthsCount() != tuple.leafIndex()) {
      finishRun();
      run.setFirstIndex(tuple.leafIndex());
    }
    if (records.length < length) {
      // Larger than a piece, and so the first one in it.
      records = new byte[length];
    }
    System.arraycopy(tuple.array(), tuple.recordOffset(), records, filled, length);
    filled += length;
    run.addLengths(length);
  }

  private void finishRun() {
    if (run.getLengthsCount() > 0) {
      message.addAgreeing(run.setRecords(takeRecords()));
      run = StampLeafRun.newBuilder();
    }
  }

  /** Many go with their array, few as a copy: a run of a few must not hold the room of many. */
  private ByteString takeRecords() {
    int length = filled;
    filled = 0;
    if (length < PIECE_BYTES / 2) {
      return ByteString.copyFrom(records, 0, length);
    }
    ByteString taken = UnsafeByteOperations.unsafeWrap(records, 0, length);
    records = new byte[PIECE_BYTES];
    return taken;
  }

  private void finish() {
    finishRun();
    if (size > 0) {
      messages.add(message.setRows(tuples.toByteString()).build());
      tuples.reset();
      message = CompareStampsResponse.newBuilder();
      size = 0;
    }
  }

  @Override
  public List<CompareStampsResponse> take() {
    finish();
    List<CompareStampsResponse> taken = messages;
    messages = new ArrayList<>();
    return taken;
  }
}
