// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static dev.omnibridge.stamping.stamp.Texts.LIGHTWEIGHT;
import static dev.omnibridge.stamping.stamp.Texts.RICH;
import static dev.omnibridge.stamping.stamp.Texts.utf8;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.stamping.stamp.UnwritableException.Why;
import java.util.List;
import org.junit.jupiter.api.Test;

class PhpEndTest {

  @Test
  void shouldWriteNothingBetweenAScriptLineAndTheProgram() {
    String line = LIGHTWEIGHT.render(CommentStyle.SLASHES);
    String script = "#!/usr/bin/env php\n";

    assertThat(write(script + "<?php declare(strict_types=1);\necho 1;\n", LIGHTWEIGHT))
        .isEqualTo(script + "<?php declare(strict_types=1);\necho 1;\n\n" + line + "\n");
    assertThat(write(script + "<?php\necho 1;\n", LIGHTWEIGHT))
        .isEqualTo(script + "<?php\n" + line + "\necho 1;\n");
    assertThat(write(script + "<p>\n", LIGHTWEIGHT))
        .isEqualTo(script + LIGHTWEIGHT.render(CommentStyle.HTML) + "\n<p>\n");
  }

  @Test
  void shouldKnowThatAProgramGoesOnBehindTagsInStringsAndComments() {
    for (String program :
        List.of(
            "<?php\necho '<?xml version=\"1.0\"?>';\nrender();",
            "<?php echo 1;\n// done",
            "<?PHP echo \"a \\\" ?>\";",
            "<?php echo `ls ?>`; /* ?> */",
            "<?php echo \"{$a[\"?>\"]} ${b['}']} ?>\";",
            "<?php echo <<<'A'\n ?>' \" /*\n  A; $a?->b(); #[X('?>')]\n f();",
            "<?php $a = 1 << 2; echo <<<\"A\"\n?>\nAB\nA . 'x';",
            "<p><?= 1 ?></p>\n<?php // it's one line ?>\n<b><?php # it's another ?>\n<?php f('?>');",
            "<?xml version=\"1.0\"?>\n<?php\nf();")) {
      assertThat(write(program, RICH))
          .as(program)
          .isEqualTo(program + "\n\n" + RICH.render(CommentStyle.SLASHES) + "\n");
    }
  }

  @Test
  void shouldKnowThatAPageFollowsUponAProgram() {
    for (String page :
        List.of(
            "<p>?></p>",
            "<?php f('<?php'); ?>",
            "<?php // <?php ?>",
            "<?php /* it's */ $a = \"'\"; ?>\n<b>don't</b>",
            "<?php echo <<<A\n it's <?php\n A; ?>")) {
      assertThat(write(page, RICH))
          .as(page)
          .isEqualTo(page + "\n\n" + RICH.render(CommentStyle.HTML) + "\n");
    }
  }

  @Test
  void shouldRefusePhpWhoseEndCannotBeMadeOut() {
    for (String unclear :
        List.of(
            "<? echo 1;",
            "<?php ?>\n<? echo 1;",
            "<?php it's ?>",
            "<?php /* ?>",
            "<?php echo \"{$a ?>\";",
            "<?php <<<A\n ?>",
            "<?php f();\n__HALT_COMPILER();data")) {
      assertThatThrownBy(() -> write(unclear, RICH))
          .as(unclear)
          .isInstanceOfSatisfying(
              UnwritableException.class, e -> assertThat(e.why()).isEqualTo(Why.AMBIGUOUS));
    }
  }

  private static String write(String text, WrittenStamp stamp) {
    byte[] bytes = utf8(text);
    CommentStyle style = StampedText.style(bytes, "a.php", "", stamp);
    return new String(StampedText.write(bytes, stamp, style), UTF_8);
  }
}
