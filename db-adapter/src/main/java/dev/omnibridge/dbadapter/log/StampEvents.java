// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import dev.omnibridge.api.log.v1.StampRow;
import dev.omnibridge.api.log.v1.StateRow;
import dev.omnibridge.dbadapter.log.Append.Expected;
import dev.omnibridge.dbadapter.log.Append.StreamWrite;
import dev.omnibridge.runtime.Fault;
import java.util.HashMap;
import java.util.Map;

/**
 * Every stamp that an append writes is a leaf for ever, so it has to stand beside the one event
 * that it shows: by that a repeat is recognised, and a leaf can be told from one that never was.
 */
final class StampEvents {
  private static final String KIND = "stamp";

  private StampEvents() {}

  /**
   * Checks the stamps of an append.
   *
   * @throws Fault INVALID (STAMP_WITHOUT_EVENT)
   */
  static void check(Append append) {
    if (append.rows().stream().noneMatch(StateRow::hasStamp)) {
      return;
    }
    Map<StreamId, StreamWrite> streams = new HashMap<>();
    append.streams().forEach(write -> streams.put(write.stream(), write));
    for (StateRow row : append.rows()) {
      if (row.hasStamp()) {
        StampRow stamp = row.getStamp();
        var stream = new StreamId(KIND, stamp.getNamespace(), stamp.getFileHash());
        StreamWrite write = streams.remove(stream);
        if (write == null
            || write.events().size() != 1
            || version(write.expected()) != stamp.getRevision()) {
          throw Fault.invalid(
                  "STAMP_WITHOUT_EVENT",
                  "Revision %d of %s comes without the one event that it shows."
                      .formatted(stamp.getRevision(), stream.text()))
              .with("stream", stream.text())
              .with("revision", stamp.getRevision());
        }
      }
    }
  }

  /** The version that one event leads to; 0 when it is not known before. */
  private static long version(Expected expected) {
    return switch (expected) {
      case Expected.At(long before) -> before + 1;
      case Expected.None() -> 1;
      case Expected.Any() -> 0;
    };
  }
}
