// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import dev.omnibridge.stamping.stamp.Command.RecordBytes;
import dev.omnibridge.stamping.stamp.Decision.Accepted;
import dev.omnibridge.stamping.stamp.Decision.AlreadyDone;
import dev.omnibridge.stamping.stamp.Event.Created;
import dev.omnibridge.stamping.stamp.Event.Revised;
import dev.omnibridge.stamping.stamp.Stamp.Absent;
import dev.omnibridge.stamping.stamp.Stamp.Stamped;
import java.util.List;

/**
 * The rules of a stamp: no clock, no I/O, no logging. Read the two switches as the specification.
 */
public final class StampRules {
  private StampRules() {}

  /** What a command leads to in this state. */
  public static Decision decide(Stamp now, Command command) {
    return switch (new Asked(now, command)) {
      case Asked(Absent _, RecordBytes c) ->
          accept(new Created(c.key(), c.id(), c.artifact(), c.at()));
      case Asked(Stamped s, RecordBytes c) when s.knows(c.artifact()) -> new AlreadyDone();
      case Asked(Stamped s, RecordBytes c) ->
          accept(new Revised(s.key(), s.id(), s.revision() + 1, c.artifact(), c.at()));
    };
  }

  /**
   * The state after an event.
   *
   * @throws IllegalStateException when the event cannot follow: the log is damaged
   */
  public static Stamp evolve(Stamp now, Event event) {
    return switch (new Heard(now, event)) {
      case Heard(Absent s, Created e) -> s.create(e.key(), e.id(), e.artifact(), e.at());
      case Heard(Stamped s, Revised e) when e.revision() == s.revision() + 1 ->
          s.revise(e.artifact(), e.at());
      case Heard(Stamp s, Event e) ->
          throw new IllegalStateException("%s cannot follow upon %s".formatted(e, s));
    };
  }

  private static Decision accept(Event event) {
    return new Accepted(List.of(event));
  }

  private record Asked(Stamp now, Command command) {}

  private record Heard(Stamp now, Event event) {}
}
