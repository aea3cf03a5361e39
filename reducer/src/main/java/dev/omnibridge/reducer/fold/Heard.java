// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import java.time.Instant;

/**
 * An event as the fold hears it.
 *
 * @param version its place in the stream, from 1 without a gap
 * @param at when it happened, by the producer's clock; moved into the years 1970 to 9999, which is
 *     what can be stored
 */
public record Heard(StreamKey stream, long version, Instant at, Fact fact) {
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  public Heard {
    at = at.isBefore(Instant.EPOCH) ? Instant.EPOCH : at.isAfter(LATEST) ? LATEST : at;
  }
}
