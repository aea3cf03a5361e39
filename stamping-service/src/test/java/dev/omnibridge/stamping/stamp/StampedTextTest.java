// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static dev.omnibridge.stamping.stamp.Texts.HASH_ONLY;
import static dev.omnibridge.stamping.stamp.Texts.LIGHTWEIGHT;
import static dev.omnibridge.stamping.stamp.Texts.RICH;
import static dev.omnibridge.stamping.stamp.Texts.SOME_HASH;
import static dev.omnibridge.stamping.stamp.Texts.TOOL;
import static dev.omnibridge.stamping.stamp.Texts.fileHash;
import static dev.omnibridge.stamping.stamp.Texts.utf8;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.stamping.stamp.UnwritableException.Why;
import dev.omnibridge.stamping.stamp.Validation.Demands;
import dev.omnibridge.testkit.Seeds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class StampedTextTest {
  private static final String LINE = LIGHTWEIGHT.render();
  private static final List<WrittenStamp> STAMPS =
      List.of(LIGHTWEIGHT, RICH, TOOL, new HashOnlyStamp(SOME_HASH));
  private static final List<String> NAMES =
      List.of("", "a.py", "A.java", "a.sql", "a.ini", "a.tex", "a.css", "a.html", "a.xml", "a.php");
  private static final List<String> STARTS =
      List.of(
          "",
          "",
          "#!/bin/sh\n",
          "#!/bin/sh",
          "<?xml version=\"1.0\"?>",
          "<?xml version=\"1.0\"?>\n",
          "<?php\n",
          "<?php ?>",
          "# coding: utf-8\n",
          "---\na: b\n---\n",
          "@charset \"utf-8\";\n");

  @Test
  void shouldPutALightweightStampOnTop() {
    assertThat(write("a\n", LIGHTWEIGHT)).isEqualTo(LINE + "\na\n");
    assertThat(write("", LIGHTWEIGHT)).isEqualTo(LINE + "\n");
    assertThat(write("a\r\nb\r\n", LIGHTWEIGHT)).isEqualTo(LINE + "\r\na\r\nb\r\n");
  }

  @Test
  void shouldLeaveFirstWhatMustBeFirst() {
    assertThat(write("#!/bin/sh\necho\n", LIGHTWEIGHT))
        .isEqualTo("#!/bin/sh\n" + LINE + "\necho\n");
    assertThat(write("#!/bin/sh", LIGHTWEIGHT)).isEqualTo("#!/bin/sh\n" + LINE + "\n");
    assertThat(write("#!/bin/sh\r", LIGHTWEIGHT))
        .isEqualTo("#!/bin/sh\r\r\n" + LINE + "\r\n")
        .isEqualTo(write(write("#!/bin/sh\r", LIGHTWEIGHT), LIGHTWEIGHT));
    assertThat(write("\ufeffa\n", LIGHTWEIGHT)).isEqualTo("\ufeff" + LINE + "\na\n");
  }

  @Test
  void shouldLeaveFirstWhatALanguageWantsFirst() {
    String line = LIGHTWEIGHT.render(CommentStyle.HTML);
    String css = LIGHTWEIGHT.render(CommentStyle.BLOCK);
    String php = LIGHTWEIGHT.render(CommentStyle.SLASHES);
    assertThat(write("#!/bin/sh\n# -*- coding: latin-1 -*-\nx\n", "a.py"))
        .isEqualTo("#!/bin/sh\n# -*- coding: latin-1 -*-\n" + LINE + "\nx\n");
    assertThat(write("# vim: set fileencoding=utf-8 :\nx\n", "a.py"))
        .isEqualTo("# vim: set fileencoding=utf-8 :\n" + LINE + "\nx\n");
    assertThat(write("<?xml version=\"1.0\"?>\n<a/>\n", "a.xml"))
        .isEqualTo("<?xml version=\"1.0\"?>\n" + line + "\n<a/>\n");
    assertThat(write("<?xml version=\"1.0\"?>\r", "a.xml"))
        .isEqualTo("<?xml version=\"1.0\"?>\r\r\n" + line + "\r\n")
        .isEqualTo(write(write("<?xml version=\"1.0\"?>\r", "a.xml"), "a.xml"));
    assertThat(write("<?xml version=\"1.0\"?><a/>", "a.xml"))
        .isEqualTo("<?xml version=\"1.0\"?><a/>\n\n" + line + "\n");
    assertThat(write("---\ntitle: a\n---\n# A\n", "a.md"))
        .isEqualTo("---\ntitle: a\n---\n" + line + "\n# A\n");
    assertThat(write("@charset \"utf-8\";\na{}\n", "a.css"))
        .isEqualTo("@charset \"utf-8\";\n" + css + "\na{}\n");
    assertThat(write("<?php\necho 1;\n", "a.php")).isEqualTo("<?php\n" + php + "\necho 1;\n");
    assertThat(write("<?php echo 1;\n", "a.php")).isEqualTo("<?php echo 1;\n\n" + php + "\n");
    assertThat(write("<p><?= 1 ?></p>\n", "a.php")).isEqualTo(line + "\n<p><?= 1 ?></p>\n");
    assertThat(write("# syntax=docker/dockerfile:1\n# escape=`\nFROM a\n", "Dockerfile"))
        .isEqualTo("# syntax=docker/dockerfile:1\n# escape=`\n" + LINE + "\nFROM a\n");
    assertThat(write("+++\ntitle = \"a\"\n+++\n# A\n", "a.md"))
        .isEqualTo("+++\ntitle = \"a\"\n+++\n" + line + "\n# A\n");
  }

  @Test
  void shouldUseTheCommentsOfTheLanguage() {
    Map<String, CommentStyle> styles =
        Map.of(
            "src/A.java", CommentStyle.SLASHES,
            "a/query.SQL", CommentStyle.DASHES,
            "conf.ini", CommentStyle.SEMICOLON,
            "paper.tex", CommentStyle.PERCENT,
            "style.css", CommentStyle.BLOCK,
            "index.html", CommentStyle.HTML,
            "Makefile", CommentStyle.HASH,
            "README", CommentStyle.HASH);
    styles.forEach((name, style) ->
        assertThat(write("x\n", name)).isEqualTo(LIGHTWEIGHT.render(style) + "\nx\n"));
    assertThat(Languages.comments("", "text/css; charset=utf-8", CommentStyle.HASH))
        .isEqualTo(CommentStyle.BLOCK);
    assertThat(Languages.comments("", "image/svg+xml", CommentStyle.HASH))
        .isEqualTo(CommentStyle.HTML);
    assertThat(Languages.comments("a.json", "", CommentStyle.HASH)).isNull();
    assertThat(Languages.comments("", "application/geo+json", CommentStyle.HASH)).isNull();
    assertThat(Languages.comments("a.py", "application/json", CommentStyle.HASH))
        .isEqualTo(CommentStyle.HASH);
  }

  @Test
  void shouldKnowNoCommentsOfALanguageThatItDoesNotKnow() {
    for (String name :
        List.of(
            "composer.lock", "app.js.map", "go.mod", "run.bat", "a.f90", "VERSION", "x/LICENSE")) {
      assertThat(Languages.comments(name, "", CommentStyle.HASH)).as(name).isNull();
      assertThat(Languages.comments(name, "text/plain", CommentStyle.HASH)).as(name).isNull();
    }
    for (String name : List.of("", "notes.txt", "docs/README")) {
      assertThat(Languages.comments(name, "", CommentStyle.HASH)).isEqualTo(CommentStyle.HASH);
    }
    assertThat(Languages.comments("tool.unknown", "text/x-python", CommentStyle.HTML))
        .isEqualTo(CommentStyle.HASH);
  }

  @Test
  void shouldLeaveABlockThatSomebodyWrote() {
    String block =
        new ToolMetadata(Texts.toolFields("")).render().replace("# integrity:\n", "") + "\n";
    String stamped = write(block + "import os\n", LIGHTWEIGHT);

    assertThat(stamped).isEqualTo(LINE + "\n" + block + "import os\n");
    assertThat(write(stamped, RICH, "a.py"))
        .isEqualTo(block + "import os\n\n" + RICH.render(CommentStyle.HASH) + "\n");
    assertThatThrownBy(() -> write(block + "import os\n", TOOL))
        .isInstanceOfSatisfying(
            UnwritableException.class, e -> assertThat(e.why()).isEqualTo(Why.AMBIGUOUS));
  }

  @Test
  void shouldLeaveWordsAboutStamps() {
    String text =
        """
        # The format

        <!-- ONEX_METADATA_START -->
        (your fields)
        <!-- ONEX_METADATA_END -->

        # ONEX:uid=…,hash=…,ts=…
        # === /OmniNode:Tool_Metadata ===
        """;
    String line = LIGHTWEIGHT.render(CommentStyle.HTML);

    assertThat(write(text, "doc.md")).isEqualTo(line + "\n" + text);
    assertThat(write(write(text, "doc.md"), RICH, "doc.md"))
        .isEqualTo(text + "\n" + RICH.render() + "\n");
  }

  @Test
  void shouldWriteNoStampThatWouldBeReadAsText() {
    Map<String, String> fields = new LinkedHashMap<>(TOOL.fields());
    fields.put("notes", "x".repeat(21_000));

    assertThatThrownBy(() -> write("a\n", new ToolMetadata(fields)))
        .isInstanceOf(UnwritableException.class);
    assertThat(ToolMetadata.fits(fields)).isFalse();
    assertThat(ToolMetadata.fits(TOOL.fields())).isTrue();
  }

  @Test
  void shouldRefuseTextWhoseEndIsData() {
    String perl = "print <DATA>;\n__DATA__\na\n";

    assertThatThrownBy(() -> write(perl, RICH, "a.pl"))
        .isInstanceOfSatisfying(
            UnwritableException.class, e -> assertThat(e.why()).isEqualTo(Why.DATA_AT_END));
    assertThatThrownBy(() -> write("__END__", RICH, "lib/a.rb"))
        .isInstanceOf(UnwritableException.class);
    assertThat(write(perl, LIGHTWEIGHT, "a.pl")).isEqualTo(LINE + "\n" + perl);
    assertThat(write(perl, RICH, "a.py")).startsWith(perl);
  }

  @Test
  void shouldPutARichStampAtTheEndBehindABlankLine() {
    assertThat(write("a", RICH)).isEqualTo("a\n\n" + RICH.render() + "\n");
    assertThat(write("a\n\n\n", RICH)).isEqualTo("a\n\n" + RICH.render() + "\n");
    assertThat(write("", RICH)).isEqualTo(RICH.render() + "\n");
  }

  @Test
  void shouldReplaceOlderStampsOfEveryForm() {
    String old = LINE.replace("0193", "old") + "\n" + HASH_ONLY + "\na\n\n" + RICH.render() + "\n";

    assertThat(write(old, LIGHTWEIGHT)).isEqualTo(LINE + "\na\n\n");
    assertThat(write(old, RICH)).isEqualTo("a\n\n" + RICH.render() + "\n");
  }

  @Test
  void shouldKeepTheFileHashOfAnyText() {
    Seeds seeds = Seeds.fromProperty();
    RandomGenerator random = seeds.random("stamped");
    int refused = 0;
    for (int i = 0; i < 800; i++) {
      String text = Texts.random(random);
      WrittenStamp stamp = STAMPS.get(random.nextInt(STAMPS.size()));
      String name = NAMES.get(random.nextInt(NAMES.size()));
      text = STARTS.get(random.nextInt(STARTS.size())) + text;
      String stamped;
      try {
        stamped = write(text, stamp, name);
      } catch (UnwritableException ambiguous) {
        refused++;
        continue;
      }

      assertThat(withoutStamps(stamped))
          .as("%s%n%s", seeds.hint(), text)
          .isEqualTo(withoutStamps(text));
      assertThat(fileHash(stamped)).as("%s%n%s", seeds.hint(), text).isEqualTo(fileHash(text));
      assertThat(write(stamped, stamp, name)).as("%s%n%s", seeds.hint(), text).isEqualTo(stamped);
      assertThat(stamps(stamped)).as("%s%n%s", seeds.hint(), text).isEqualTo(1);
    }
    assertThat(refused).as(seeds.hint()).isLessThan(80);
  }

  /** All but the lines of well-formed stamps with a hash, as checking finds them; no end. */
  private static String withoutStamps(String text) {
    List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
    var checks = Validation.of(utf8(text), null, new Demands(null, false, true)).checks();
    for (var check : checks.reversed()) {
      if (check.hash() != null) {
        int from = check.line() - 1;
        int to = from + 1;
        if (check.type() == StampType.RICH || check.type() == StampType.TOOL_METADATA) {
          while (to < lines.size() && !closes(lines.get(to))) {
            to++;
          }
          to++;
        }
        List<String> gone = lines.subList(from, Math.min(to, lines.size()));
        String marks =
            gone.stream()
                .map(line -> line.replaceAll("[^\ufeff].*|\r", ""))
                .reduce("", String::concat);
        gone.clear();
        if (!marks.isEmpty() && from < lines.size()) {
          lines.set(from, marks + lines.get(from));
        } else if (!marks.isEmpty()) {
          lines.add(marks);
        }
      }
    }
    return String.join("\n", lines).replaceAll("[\r\n]+$", "");
  }

  private static boolean closes(String line) {
    return line.contains(RichStamp.END) || line.contains(ToolMetadata.END);
  }

  private static long stamps(String text) {
    return Validation.of(utf8(text), null, new Demands(null, false, true)).checks().stream()
        .filter(check -> check.hash() != null)
        .count();
  }

  private static String write(String text, String name) {
    return write(text, LIGHTWEIGHT, name);
  }

  private static String write(String text, WrittenStamp stamp, String name) {
    byte[] bytes = utf8(text);
    CommentStyle style = StampedText.style(bytes, name, "", stamp);
    return new String(StampedText.write(bytes, stamp, style), UTF_8);
  }

  private static String write(String text, WrittenStamp stamp) {
    return new String(StampedText.write(utf8(text), stamp), UTF_8);
  }
}
