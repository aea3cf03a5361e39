// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.log.Intake;
import dev.omnibridge.dbadapter.log.IntakePlan.Grown;
import dev.omnibridge.dbadapter.log.IntakePlan.Head;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The streams written last, so that they need not be read again. They are what they were as long as
 * nobody else has written into their lanes, and who does moves the lane's next position.
 */
final class StreamHeads {
  private static final int MOST = 65_536;

  private final Map<Integer, Long> lanes = new HashMap<>();
  private final Map<UUID, Head> heads =
      new LinkedHashMap<>(1024, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Head> eldest) {
          return size() > MOST;
        }
      };
  private Map<UUID, Head> read = Map.of();

  /** Forgets everything unless each of these locked lanes is where it was left. */
  void keepIfAt(Map<Integer, Long> locked) {
    if (!lanes.equals(locked)) {
      clear();
      lanes.putAll(locked);
    }
    read = Map.of();
  }

  /** Streams of the intake that have to be read. */
  List<UUID> missing(Intake intake) {
    var missing = new HashSet<UUID>();
    for (Intake.Item item : intake.items()) {
      if (item instanceof Intake.Event event && !heads.containsKey(event.key())) {
        missing.add(event.key());
      }
    }
    return new ArrayList<>(missing);
  }

  /** What was read for this intake. */
  void add(Map<UUID, Head> found) {
    read = found;
  }

  /** Where the intake's streams stand; new ones are left out. */
  Map<UUID, Head> of(Intake intake) {
    var known = new HashMap<>(read);
    for (Intake.Item item : intake.items()) {
      if (item instanceof Intake.Event event) {
        Head head = heads.get(event.key());
        if (head != null) {
          known.put(event.key(), head);
        }
      }
    }
    return known;
  }

  void grown(Grown stream) {
    heads.put(stream.key(), new Head(stream.lane(), stream.version()));
  }

  /** This is where the lanes were left. */
  void left(Map<Integer, Long> moved) {
    lanes.putAll(moved);
  }

  void clear() {
    heads.clear();
    lanes.clear();
  }
}
