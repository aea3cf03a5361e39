// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import static java.util.stream.Collectors.toSet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether a run was hard and fruitful enough for its verdict to say something.
 *
 * @param hits every fault that was done
 * @param waves how many waves they came in
 * @param inWaves what was acknowledged while faults went on
 * @param all what was acknowledged
 */
record Worth(List<Hit> hits, int waves, Map<Work, Long> inWaves, Map<Work, Long> all) {
  private static final int LEAST_IN_A_WAVE = 2;
  private static final int ONE_IN_OF_A_KIND = 8;
  private static final int ONE_IN_OF_ALL = 4;
  private static final int CUTS_WITHOUT_AN_AMBUSH = 4;

  /** Struck and done, of one kind. */
  record Count(int struck, int done) {
    @Override
    public String toString() {
      return struck + " of " + done;
    }
  }

  Map<FaultKind, Count> byKind() {
    var counts = new EnumMap<FaultKind, Count>(FaultKind.class);
    for (Hit hit : hits) {
      counts.merge(
          hit.fault().kind(),
          new Count(hit.struck() ? 1 : 0, 1),
          (a, b) -> new Count(a.struck() + b.struck(), a.done() + b.done()));
    }
    return counts;
  }

  long sprung() {
    return hits.stream().filter(Hit::sprung).count();
  }

  /** What there was too little of; nothing in a run that is worth its verdict. */
  List<String> lacks(Claims claims, Kept kept) {
    var lacks = new ArrayList<String>();
    byKind()
        .forEach((kind, count) -> {
          if (count.struck() * ONE_IN_OF_A_KIND < count.done()) {
            lacks.add("%s struck a serving target: %s".formatted(kind, count));
          }
          if (kind == FaultKind.CUT && count.done() >= CUTS_WITHOUT_AN_AMBUSH && sprung() == 0) {
            lacks.add("no connection was cut in the middle in %d cuts".formatted(count.done()));
          }
        });
    long struck = hits.stream().filter(Hit::struck).count();
    if (struck * ONE_IN_OF_ALL < hits.size()) {
      lacks.add("a serving target was struck: %d of %d".formatted(struck, hits.size()));
    }
    for (Work work : Work.values()) {
      atLeast(work.progress(), all, work, "acknowledged", lacks);
      atLeast(LEAST_IN_A_WAVE, inWaves, work, "acknowledged in waves", lacks);
    }
    Set<String> ended = ended(claims, kept);
    Arrays.stream(Orders.values())
        .filter(kind -> !ended.contains(kind.name()))
        .forEach(kind -> lacks.add("none of the kind %s has ended".formatted(kind)));
    return List.copyOf(lacks);
  }

  private void atLeast(
      int perWave, Map<Work, Long> counts, Work work, String what, List<String> lacks) {
    long count = counts.getOrDefault(work, 0L);
    if (count < (long) perWave * waves) {
      lacks.add("%s %s: %d in %d waves".formatted(work, what, count, waves));
    }
  }

  /** Kinds of orders of which one was acknowledged and has ended as it had to. */
  private static Set<String> ended(Claims claims, Kept kept) {
    Set<String> runs =
        kept.runs().stream()
            .filter(Kept.Run::finished)
            .map(run -> run.namespace() + "/" + run.order() + " " + run.state())
            .collect(toSet());
    return claims.submissions().stream()
        .filter(Claims.Submission::acknowledged)
        .filter(claim ->
            runs.contains(claim.namespace() + "/" + claim.order() + " " + claim.due().state()))
        .map(claim -> claim.due().kind())
        .collect(toSet());
  }
}
