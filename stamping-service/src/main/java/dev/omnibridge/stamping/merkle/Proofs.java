// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Hash;
import java.util.ArrayList;
import java.util.List;

/** Makes and checks the proofs of RFC 9162, section 2.1, over {@link LogHash}. */
public final class Proofs {
  private final LogHash hash = new LogHash();
  private final Nodes nodes;

  /** Makes proofs from complete subtrees. */
  public Proofs(Nodes nodes) {
    this.nodes = nodes;
  }

  /** The root of the log of a size of at least 1. */
  public Hash root(long size) {
    return range(0, size);
  }

  /** The hash over the leaves from {@code from} to below {@code to}. */
  private Hash range(long from, long to) {
    long count = to - from;
    if (Long.bitCount(count) == 1) {
      int level = Long.numberOfTrailingZeros(count);
      return nodes.node(level, from >> level);
    }
    long middle = from + split(count);
    return hash.node(range(from, middle), range(middle, to));
  }

  /** The largest power of two below a count of at least 2. */
  private static long split(long count) {
    return Long.highestOneBit(count - 1);
  }

  /** The hashes that lead from a leaf to the root of the log of a size. */
  public List<Hash> inclusion(long index, long size) {
    var path = new ArrayList<Hash>();
    include(index, 0, size, path);
    return path;
  }

  private void include(long index, long from, long to, List<Hash> path) {
    if (to - from == 1) {
      return;
    }
    long middle = from + split(to - from);
    if (index < middle) {
      include(index, from, middle, path);
      path.add(range(middle, to));
    } else {
      include(index, middle, to, path);
      path.add(range(from, middle));
    }
  }

  /** The hashes that show that the log of one size begins the log of another. */
  public List<Hash> consistency(long fromSize, long toSize) {
    var path = new ArrayList<Hash>();
    begin(fromSize, 0, toSize, true, path);
    return path;
  }

  private void begin(long old, long from, long to, boolean known, List<Hash> path) {
    if (old == to) {
      if (!known) {
        path.add(range(from, to));
      }
      return;
    }
    long middle = from + split(to - from);
    if (old <= middle) {
      begin(old, from, middle, known, path);
      path.add(range(middle, to));
    } else {
      begin(old, middle, to, false, path);
      path.add(range(from, middle));
    }
  }

  /**
   * Checks that a leaf has an index in the log of a size with a root.
   *
   * @throws Fault INVALID (PROOF_INVALID) otherwise
   */
  public static void checkInclusion(Hash leaf, long index, long size, List<Hash> path, Hash root) {
    if (index < 0 || index >= size) {
      throw invalid("the leaf is not in a log of this size");
    }
    var hash = new LogHash();
    Hash here = leaf;
    long at = index;
    long last = size - 1;
    for (Hash step : path) {
      if (last == 0) {
        throw invalid("the path is too long");
      }
      if ((at & 1) == 1 || at == last) {
        here = hash.node(step, here);
        while ((at & 1) == 0 && at != 0) {
          at >>= 1;
          last >>= 1;
        }
      } else {
        here = hash.node(here, step);
      }
      at >>= 1;
      last >>= 1;
    }
    if (last != 0 || !here.equals(root)) {
      throw invalid("the path does not lead from the leaf to the root");
    }
  }

  /**
   * Checks that the log of one size and root begins the log of another size and root.
   *
   * @throws Fault INVALID (PROOF_INVALID) otherwise
   */
  public static void checkConsistency(
      long fromSize, Hash fromRoot, long toSize, Hash toRoot, List<Hash> path) {
    if (fromSize < 1 || fromSize > toSize) {
      throw invalid("the earlier log must have a leaf and must not be the longer one");
    }
    if (fromSize == toSize) {
      if (!path.isEmpty() || !fromRoot.equals(toRoot)) {
        throw invalid("logs of one size must have one root, and nothing to prove");
      }
      return;
    }
    boolean complete = Long.bitCount(fromSize) == 1;
    if (path.isEmpty() && !complete) {
      throw invalid("the path is too short");
    }
    new Walk(fromSize, toSize, complete ? fromRoot : path.getFirst())
        .take(complete ? path : path.subList(1, path.size()))
        .end(fromRoot, toRoot);
  }

  /** From the last leaf of the earlier log to both roots, RFC 9162, section 2.1.4.2. */
  private static final class Walk {
    private final LogHash hash = new LogHash();
    private long at;
    private long last;
    private Hash from;
    private Hash to;

    Walk(long fromSize, long toSize, Hash first) {
      int whole = Long.numberOfTrailingZeros(fromSize);
      at = fromSize - 1 >> whole;
      last = toSize - 1 >> whole;
      from = first;
      to = first;
    }

    Walk take(List<Hash> path) {
      for (Hash step : path) {
        if (last == 0) {
          throw invalid("the path is too long");
        }
        if ((at & 1) == 1 || at == last) {
          from = hash.node(step, from);
          to = hash.node(step, to);
          while ((at & 1) == 0 && at != 0) {
            at >>= 1;
            last >>= 1;
          }
        } else {
          to = hash.node(to, step);
        }
        at >>= 1;
        last >>= 1;
      }
      return this;
    }

    void end(Hash fromRoot, Hash toRoot) {
      if (last != 0 || !from.equals(fromRoot) || !to.equals(toRoot)) {
        throw invalid("the path does not lead to both roots");
      }
    }
  }

  private static Fault invalid(String why) {
    return Fault.invalid("PROOF_INVALID", "The proof does not hold: " + why + ".");
  }
}
