// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.cluster;

import java.util.List;

/** Who has joined, as far as this process has been told. Safe for use from several threads. */
public interface MemberList {
  /** True while this process belongs to a cluster, be it of one. */
  boolean joined();

  /** Everybody, this process among them; empty before it has joined. Answers from memory. */
  List<Member> members();

  /** Runs the action after changes; from any thread. */
  void onChange(Runnable action);

  /** Tells the others that this process goes, and forgets them; waits for a few seconds at most. */
  void leave();
}
