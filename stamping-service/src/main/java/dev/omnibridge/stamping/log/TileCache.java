// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import dev.omnibridge.stamping.merkle.Origin;
import dev.omnibridge.stamping.merkle.Tile;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The leaves' hashes that were used last, of all logs: those of a million leaves. */
final class TileCache {
  private static final int MOST = 4096;

  private record Place(Origin origin, long index) {}

  private final Map<Place, Tile> tiles =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, Tile> eldest) {
          return size() > MOST;
        }
      };

  synchronized @Nullable Tile get(Origin origin, long index) {
    return tiles.get(new Place(origin, index));
  }

  synchronized void put(Origin origin, long index, Tile tile) {
    tiles.put(new Place(origin, index), tile);
  }
}
