// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.testgen;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts what is told of a failure, so that the event of it always fits: the log takes 512 KiB, and a
 * character is six bytes of JSON at most.
 */
final class Bounded {
  private static final int MOST_NAME = 200;
  private static final int MOST_TEXT = 16_000;
  private static final int MOST_TEXTS = 1_000;
  private static final int MOST_OBJECT_BYTES = 64 * 1024;

  private Bounded() {}

  /** The first 200 characters. */
  static String name(String name) {
    return cut(name, MOST_NAME);
  }

  /** The first 16,000 characters. */
  static String text(String text) {
    return cut(text, MOST_TEXT);
  }

  /** Half a character, which JSON cannot hold, becomes a question mark. */
  private static String cut(String text, int most) {
    String head = text.substring(0, Math.min(text.length(), most));
    return new String(head.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  /** The first ones, whole: at most 1,000 with 16,000 characters together. */
  static List<String> texts(List<String> texts) {
    var kept = new ArrayList<String>();
    int room = MOST_TEXT;
    for (String text : texts) {
      room -= text.length();
      if (room < 0 || kept.size() == MOST_TEXTS) {
        break;
      }
      kept.add(cut(text, MOST_TEXT));
    }
    return List.copyOf(kept);
  }

  /** The object, or how large it would have been when it has more than 64 KiB. */
  static ObjectNode object(ObjectNode object) {
    int bytes = object.toString().getBytes(StandardCharsets.UTF_8).length;
    return bytes <= MOST_OBJECT_BYTES
        ? object
        : JsonNodeFactory.instance.objectNode().put("metadata_omitted_bytes", bytes);
  }
}
