// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import java.util.Objects;

/** Messages of any lengths, one after the other: message i ends where message i + 1 begins. */
record Messages(byte[] input, int[] bounds) {

  Messages {
    if (bounds.length == 0) {
      throw new IllegalArgumentException("Messages have a bound more than there are messages");
    }
    for (int i = 1; i < bounds.length; i++) {
      Objects.checkFromToIndex(bounds[i - 1], bounds[i], input.length);
    }
  }

  int count() {
    return bounds.length - 1;
  }

  int bytes() {
    return bounds[count()] - bounds[0];
  }

  int start(int message) {
    return bounds[message];
  }

  int length(int message) {
    return bounds[message + 1] - bounds[message];
  }
}
