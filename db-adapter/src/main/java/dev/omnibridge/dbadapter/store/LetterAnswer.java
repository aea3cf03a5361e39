// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import com.google.protobuf.Message;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.DeadLetterAction;
import dev.omnibridge.api.log.v1.DeadLetterPart;
import dev.omnibridge.api.log.v1.GetDeadLetterResponse;
import dev.omnibridge.api.log.v1.Redrive;
import dev.omnibridge.runtime.rpc.Edge;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;

/**
 * An answer about one letter, put together up to what a message may be. The record comes first,
 * then the newest of what was done; what has no room is named as omitted.
 */
final class LetterAnswer {
  /** Of an answer that does not say yet what it leaves out. */
  private static final int MOST_BYTES = Edge.MAX_MESSAGE_BYTES - 100;

  /** Of a record that may be left out. */
  private static final int PARTS = 3;

  /** What a message takes inside another one besides its own bytes. */
  private static final int FRAME = 6;

  private final GetDeadLetterResponse.Builder answer;
  private int left;

  /** From the columns of a summary and of a record, of which an answer may still not hold all. */
  LetterAnswer(Row row) {
    answer =
        GetDeadLetterResponse.newBuilder()
            .setLetter(DeadLetterRows.summary(row))
            .setRecord(DeadLetterRows.record(row));
    omitUnless(row.getBoolean("value_fits"), DeadLetterPart.DEAD_LETTER_PART_VALUE);
    omitUnless(row.getBoolean("headers_fit"), DeadLetterPart.DEAD_LETTER_PART_HEADERS);
    omitUnless(row.getBoolean("key_fits"), DeadLetterPart.DEAD_LETTER_PART_KEY);
    for (int part = 0; part < PARTS && room() < 0; part++) {
      omitLargest(answer.getRecordBuilder());
    }
    left = room();
  }

  private int room() {
    return MOST_BYTES - answer.build().getSerializedSize();
  }

  private void omitLargest(DeadLetter.Builder record) {
    int value = record.getValue().size();
    int key = record.getKey().size();
    int headers = record.getHeadersList().stream().mapToInt(LetterAnswer::size).sum();
    int largest = Math.max(Math.max(value, key), headers);
    if (largest == value) {
      record.clearValue();
      answer.addOmitted(DeadLetterPart.DEAD_LETTER_PART_VALUE);
    } else if (largest == headers) {
      record.clearHeaders();
      answer.addOmitted(DeadLetterPart.DEAD_LETTER_PART_HEADERS);
    } else {
      record.clearKey();
      answer.addOmitted(DeadLetterPart.DEAD_LETTER_PART_KEY);
    }
  }

  private void omitUnless(boolean told, DeadLetterPart part) {
    if (!told) {
      answer.addOmitted(part);
    }
  }

  /** Of a redrive whose changes have no room it is told that there were some. */
  LetterAnswer withRedrives(Page<Redrive> newestFirst) {
    var told = new ArrayList<Redrive>();
    boolean whole = !newestFirst.more();
    for (Redrive redrive : newestFirst.items()) {
      boolean roomForAll = size(redrive) <= left;
      Redrive one = roomForAll ? redrive : redrive.toBuilder().clearValue().clearHeaders().build();
      whole &= roomForAll;
      if (!hasRoom(one)) {
        break;
      }
      told.add(one);
    }
    answer.addAllRedrives(told.reversed());
    omitUnless(whole, DeadLetterPart.DEAD_LETTER_PART_REDRIVES);
    return this;
  }

  LetterAnswer withActions(Page<DeadLetterAction> newestFirst) {
    List<DeadLetterAction> told = newestFirst.items().stream().takeWhile(this::hasRoom).toList();
    answer.addAllActions(told.reversed());
    boolean all = told.size() == newestFirst.items().size();
    omitUnless(all && !newestFirst.more(), DeadLetterPart.DEAD_LETTER_PART_ACTIONS);
    return this;
  }

  private boolean hasRoom(Message one) {
    int size = size(one);
    boolean room = size <= left;
    left -= room ? size : 0;
    return room;
  }

  private static int size(Message one) {
    return one.getSerializedSize() + FRAME;
  }

  GetDeadLetterResponse build() {
    return answer.build();
  }
}
