// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import java.util.List;

/** What becomes of a command. Stamping is never refused: any bytes may be stamped. */
public sealed interface Decision {

  /** These events happen. */
  record Accepted(List<Event> events) implements Decision {}

  /** The bytes are stamped already; nothing happens. */
  record AlreadyDone() implements Decision {}
}
