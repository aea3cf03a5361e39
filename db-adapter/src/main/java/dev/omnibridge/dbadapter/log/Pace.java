// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

/**
 * Keeps a rate without bursts: a tenth of a second's worth at a time, and the next not before its
 * share of the time has passed. So no second sees more than a tenth above the rate.
 */
public final class Pace {
  private static final int PARTS_OF_A_SECOND = 10;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final int most;
  private boolean began;
  private long freeAt;

  /** Never more than so many at a time. */
  public Pace(int most) {
    this.most = most;
  }

  /** Nanoseconds until the next may go; 0 when it may. */
  public long pause(long now) {
    return began ? Math.max(0, freeAt - now) : 0;
  }

  /** How many may go together at a rate; at least one. */
  public int together(int perSecond) {
    return Math.clamp(perSecond / PARTS_OF_A_SECOND, 1, most);
  }

  /** So many go now. */
  public void went(long now, int count, int perSecond) {
    began = true;
    freeAt = now + Math.ceilDiv(count * NANOS_PER_SECOND, perSecond);
  }
}
