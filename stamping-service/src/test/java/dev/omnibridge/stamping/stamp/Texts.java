// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.blake3.Hash;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

/** Texts and stamps for the tests of this package. */
final class Texts {
  static final Hash SOME_HASH = Blake3.hash("some text".getBytes(UTF_8));
  static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  static final LightweightStamp LIGHTWEIGHT =
      new LightweightStamp("0193-uid", SOME_HASH, NOON, null, null);
  static final RichStamp RICH =
      new RichStamp("0193-uid", SOME_HASH, NOON, "1.0", "src/a b.py", 12, "text/x-python");
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
          "\n" + RichStamp.START + "\n",
          "\n" + RichStamp.END + "\n",
          "  uid: 0193-uid\n",
          "  hash: " + SOME_HASH.hex() + "\n",
          "  timestamp: 2026-11-21T12:00:00Z\n",
          " ".repeat(9000),
          "# " + "x".repeat(20_000));

  private Texts() {}

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
