// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3.slice;

/** Some neighbouring groups of a content, together a subtree of its tree. */
record Groups(long contentLength, long first, long count) {
  /** The bytes of a group: 16 chunks. */
  static final int LENGTH = 16 * 1024;

  /** All groups of a content of this length; no bytes are one empty group. */
  static Groups of(long contentLength) {
    return new Groups(contentLength, 0, Math.max(1, Math.ceilDiv(contentLength, LENGTH)));
  }

  boolean areOne() {
    return count == 1;
  }

  boolean areAll() {
    return first == 0 && count == of(contentLength).count;
  }

  /** As the specification has it: the largest power of two that leaves something to the right. */
  Groups left() {
    return new Groups(contentLength, first, Long.highestOneBit(count - 1));
  }

  Groups right() {
    long left = Long.highestOneBit(count - 1);
    return new Groups(contentLength, first + left, count - left);
  }

  /** Where their bytes begin in the content. */
  long start() {
    return first * LENGTH;
  }

  /** Where their bytes end in the content. */
  long end() {
    return count > (contentLength - start()) / LENGTH ? contentLength : start() + count * LENGTH;
  }

  /** The number of bytes of one group. */
  int length() {
    return (int) (end() - start());
  }

  boolean touch(Range range) {
    return range.from() < end() && start() < range.end();
  }
}
