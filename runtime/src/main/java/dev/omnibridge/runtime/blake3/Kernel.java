// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

/** Hashes many short inputs. Every kernel gives the same bits; they differ in speed only. */
interface Kernel {

  /** What it is, in a few words. */
  String description();

  /**
   * Writes the 32 bytes that each of {@code count} rows from {@code at} comes to. They may go over
   * the rows themselves, from the first one's place on, when a row has no fewer bytes than that.
   */
  void rows(Mode mode, Rows rows, byte[] input, int at, int count, byte[] to, int toAt);

  /**
   * Writes the hash of each message of the batch that is no longer than a chunk, to its place among
   * the hashes; leaves the places of longer ones alone.
   */
  void messages(Mode mode, Messages messages, byte[] to, int toAt);
}
