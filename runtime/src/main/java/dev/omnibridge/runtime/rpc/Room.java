// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * How many bytes may be in memory at a time, for whoever asks before they take theirs. Who asks
 * first gets them first, so that nobody waits for ever. Safe for use from several threads.
 */
final class Room {
  private final Queue<Share> waiting = new ArrayDeque<>();
  private long left;

  Room(long bytes) {
    left = bytes;
  }

  /** Asks for bytes; {@code granted} is told if they are not there at once, and must not block. */
  synchronized Share take(int bytes, Runnable granted) {
    var share = new Share(bytes, granted);
    waiting.add(share);
    if (waiting.peek() == share && bytes <= left) {
      share.grant();
    }
    return share;
  }

  private List<Share> grantWhatFits() {
    List<Share> granted = new ArrayList<>();
    for (Share first = waiting.peek();
        first != null && first.bytes <= left;
        first = waiting.peek()) {
      first.grant();
      granted.add(first);
    }
    return granted;
  }

  /** All of them, also those after one that fails. */
  private static void tell(List<Share> granted) {
    RuntimeException failed = null;
    for (Share share : granted) {
      try {
        share.granted.run();
      } catch (RuntimeException failure) {
        if (failed == null) {
          failed = failure;
        } else {
          failed.addSuppressed(failure);
        }
      }
    }
    if (failed != null) {
      throw failed;
    }
  }

  /** The bytes of one who asked, who has them or waits for them. */
  final class Share {
    private final int bytes;
    private final Runnable granted;
    private boolean has;

    private Share(int bytes, Runnable granted) {
      this.bytes = bytes;
      this.granted = granted;
    }

    private void grant() {
      waiting.remove();
      left -= bytes;
      has = true;
    }

    boolean isGranted() {
      synchronized (Room.this) {
        return has;
      }
    }

    /** Gives back what is there, or waits no more; once. */
    void free() {
      tell(giveBack());
    }

    private List<Share> giveBack() {
      synchronized (Room.this) {
        if (has) {
          left += bytes;
        } else {
          var unused = waiting.remove(this);
        }
        return grantWhatFits();
      }
    }
  }
}
