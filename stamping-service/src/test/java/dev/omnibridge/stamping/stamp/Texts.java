// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.blake3.Hash;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Texts and stamps for the tests of this package. */
final class Texts {
  static final Hash SOME_HASH = Blake3.hash("some text".getBytes(UTF_8));
  static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  static final LightweightStamp LIGHTWEIGHT =
      new LightweightStamp("0193-uid", SOME_HASH, NOON, null, null);
  static final RichStamp RICH =
      new RichStamp("0193-uid", SOME_HASH, NOON, "1.0", "src/a b.py", 12, "text/x-python");
  static final ToolMetadata TOOL =
      new ToolMetadata(
          toolFields(
              "\n  algorithm: BLAKE3\n  hash: %s\n  stamp_id: 0193-uid\n  timestamp: %s"
                  .formatted(SOME_HASH, NOON)));
  static final String HASH_ONLY = "<!-- ONEX:META:" + SOME_HASH.hex() + " -->";

  /** What a text may be made of, so that random texts meet every corner of the rule. */
  private static final List<String> PARTS =
      List.of(
          "a",
          "word ",
          "# comment",
          "<!-- note -->",
          "\n",
          "\n\n\n",
          "\r\n",
          "\r",
          " ",
          "\t\n",
          "\u00e9",
          "\u20ac",
          "\ud83d\ude00",
          "\ufeff",
          "# ONEX:uid=x",
          "# ONEX",
          "<!-- ONEX",
          "\n" + LIGHTWEIGHT.render() + "\n",
          LIGHTWEIGHT.render(),
          "\n" + RICH.render() + "\n",
          RICH.render().replace("\n", "\r\n"),
          HASH_ONLY + "\n",
          "\n" + LIGHTWEIGHT.render(CommentStyle.SLASHES) + "\n",
          "\n" + LIGHTWEIGHT.render(CommentStyle.BLOCK) + "\n",
          "\n" + new HashOnlyStamp(SOME_HASH).render(CommentStyle.DASHES) + "\n",
          "\n" + RICH.render(CommentStyle.HASH) + "\n",
          "\n" + RICH.render(CommentStyle.BLOCK) + "\n",
          "\n" + TOOL.render() + "\n",
          TOOL.render(CommentStyle.HTML).replace("\n", "\r\n"),
          "\n# " + ToolMetadata.START + "\n",
          "\n// " + ToolMetadata.END + "\n",
          "# name: a\n",
          "#   uid: 0193-uid\n",
          "/* ONEX",
          "%",
          "; ",
          "\n" + CommentStyle.HTML.wrap(RichStamp.START) + "\n",
          "\n" + CommentStyle.HTML.wrap(RichStamp.END) + "\n",
          "  uid: 0193-uid\n",
          "  hash: " + SOME_HASH.hex() + "\n",
          "  timestamp: 2026-11-21T12:00:00Z\n",
          " ".repeat(9000),
          "# " + "x".repeat(20_000));

  private Texts() {}

  static Map<String, String> toolFields(String integrity) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("metadata_version", "\"0.1\"");
    fields.put("name", "counter");
    fields.put("namespace", "tools");
    fields.put("version", "\"1.2.0\"");
    fields.put("entrypoint", "counter.py");
    fields.put("protocols_supported", "[\"0.1\"]");
    fields.put("integrity", integrity);
    return fields;
  }

  static String random(RandomGenerator random) {
    var text = new StringBuilder();
    for (int parts = random.nextInt(30); parts > 0; parts--) {
      text.append(PARTS.get(random.nextInt(PARTS.size())));
    }
    return text.toString();
  }

  static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  static Hash fileHash(String text) {
    return FileDigest.of(utf8(text)).fileHash();
  }

  static Hash hash(String text) {
    return Blake3.hash(utf8(text));
  }
}
