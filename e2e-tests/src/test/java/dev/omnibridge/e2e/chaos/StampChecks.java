// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import static java.util.stream.Collectors.groupingBy;

import dev.omnibridge.e2e.chaos.Violation.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Each stamp once: one row, one stream, one leaf per revision, no operation twice. */
record StampChecks(Evidence evidence, Checker found) {

  void run() {
    rows();
    leaves();
    operations();
  }

  private Map<String, List<Logged.Event>> streams() {
    return evidence.log().events().stream()
        .filter(event -> event.own() && event.stream().startsWith("stamp/"))
        .collect(groupingBy(Logged.Event::stream));
  }

  private void rows() {
    Map<String, List<Logged.Event>> streams = streams();
    var seen = new HashSet<String>();
    for (Kept.Stamp stamp : evidence.kept().stamps()) {
      List<Logged.Event> events = streams.getOrDefault(stamp.stream(), List.of());
      long created = events.stream().filter(e -> e.is("metadata.stamp-created.v1")).count();
      found.unless(
          seen.add(stamp.stream()) && stamp.revision() == events.size() && created == 1,
          Promise.STAMP_ONCE,
          "%s has revision %d, %d events and was created %d times",
          stamp.stream(),
          stamp.revision(),
          events.size(),
          created);
    }
    streams.keySet().stream()
        .filter(stream -> !seen.contains(stream))
        .forEach(stream -> found.unless(false, Promise.STAMP_ONCE, "%s has no row", stream));
  }

  private void leaves() {
    var revisions = new TreeMap<String, Long>();
    evidence.kept().stamps().forEach(s -> revisions.merge(s.namespace(), s.revision(), Long::sum));
    Map<String, List<Long>> leaves = new TreeMap<>();
    for (Kept.Leaf leaf : evidence.kept().leaves()) {
      leaves.computeIfAbsent(leaf.namespace(), _ -> new ArrayList<>()).add(leaf.index());
    }
    leaves.keySet().forEach(namespace -> revisions.putIfAbsent(namespace, 0L));
    revisions.forEach((namespace, count) -> {
      List<Long> indexes = leaves.getOrDefault(namespace, List.of()).stream().sorted().toList();
      boolean dense = true;
      for (int i = 0; i < indexes.size(); i++) {
        dense &= indexes.get(i) == i;
      }
      found.unless(
          dense && indexes.size() == count,
          Promise.LEAVES_WITHOUT_GAP,
          "%s has %d revisions and %d leaves, %s",
          namespace,
          count,
          indexes.size(),
          dense ? "dense" : "with gaps");
    });
    var used = new HashSet<String>();
    for (Kept.Stamp stamp : evidence.kept().stamps()) {
      found.unless(
          used.add(stamp.namespace() + "#" + stamp.leaf())
              && leaves.getOrDefault(stamp.namespace(), List.of()).contains(stamp.leaf()),
          Promise.LEAVES_WITHOUT_GAP,
          "%s has leaf %d, which is another's or none",
          stamp.stream(),
          stamp.leaf());
    }
  }

  private void operations() {
    var done = new HashMap<String, String>();
    streams()
        .forEach((stream, events) ->
            events.forEach(event -> {
              String before = done.put(event.facts().operation(), stream + " v" + event.version());
              found.unless(
                  before == null,
                  Promise.STAMP_ONCE,
                  "operation %s has stamped %s and %s version %d",
                  event.facts().operation(),
                  before,
                  stream,
                  event.version());
            }));
  }
}
