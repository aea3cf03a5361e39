// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import static java.util.stream.Collectors.groupingBy;

import dev.omnibridge.e2e.chaos.Violation.Promise;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Versions, positions and ids: what holds of any log. */
record LogChecks(Logged log, Checker found) {

  void run() {
    eventsOnce();
    versions();
    positions();
  }

  private void eventsOnce() {
    var seen = new HashSet<String>();
    for (Logged.Event event : log.events()) {
      found.unless(
          seen.add(event.id()),
          Promise.NO_EVENT_TWICE,
          "event %s is in the log more than once, here as %s version %d",
          event.id(),
          event.stream(),
          event.version());
    }
  }

  private void versions() {
    Map<String, List<Logged.Event>> byStream =
        log.events().stream().collect(groupingBy(Logged.Event::stream));
    for (Logged.Stream stream : log.streams()) {
      List<Logged.Event> events = byStream.getOrDefault(stream.name(), List.of());
      versions(stream, events);
      found.unless(
          events.stream().allMatch(event -> event.lane() == stream.lane()),
          Promise.STREAM_IN_ONE_LANE,
          "%s is of lane %d, but has events elsewhere",
          stream.name(),
          stream.lane());
    }
    var named = new HashSet<>(log.streams().stream().map(Logged.Stream::name).toList());
    byStream.keySet().stream()
        .filter(name -> !named.contains(name))
        .forEach(name ->
            found.unless(false, Promise.VERSIONS_WITHOUT_GAP, "%s has events but no row", name));
  }

  private void versions(Logged.Stream stream, List<Logged.Event> events) {
    List<Long> versions = events.stream().map(Logged.Event::version).sorted().toList();
    for (int i = 0; i < versions.size(); i++) {
      if (versions.get(i) != i + 1) {
        found.unless(
            false,
            Promise.VERSIONS_WITHOUT_GAP,
            "%s has version %d where %d belongs",
            stream.name(),
            versions.get(i),
            i + 1);
        return;
      }
    }
    found.unless(
        stream.version() == versions.size(),
        Promise.VERSIONS_WITHOUT_GAP,
        "%s is at version %d, but has %d events",
        stream.name(),
        stream.version(),
        versions.size());
  }

  private void positions() {
    Map<Integer, List<Logged.Event>> byLane =
        log.events().stream()
            .sorted(Comparator.comparingLong(Logged.Event::position))
            .collect(groupingBy(Logged.Event::lane));
    log.heads()
        .forEach((lane, next) -> {
          List<Logged.Event> events = byLane.getOrDefault(lane, List.of());
          found.unless(
              next - 1 == events.size(),
              Promise.POSITIONS_WITHOUT_GAP,
              "lane %d has given %d positions and holds %d events",
              lane,
              next - 1,
              events.size());
          for (int i = 0; i < events.size(); i++) {
            if (events.get(i).position() != i + 1) {
              found.unless(
                  false,
                  Promise.POSITIONS_WITHOUT_GAP,
                  "lane %d has position %d, event %s, where %d belongs",
                  lane,
                  events.get(i).position(),
                  events.get(i).id(),
                  i + 1);
              return;
            }
          }
        });
    byLane.keySet().stream()
        .filter(lane -> !log.heads().containsKey(lane))
        .forEach(lane ->
            found.unless(false, Promise.POSITIONS_WITHOUT_GAP, "lane %d has no head", lane));
  }
}
