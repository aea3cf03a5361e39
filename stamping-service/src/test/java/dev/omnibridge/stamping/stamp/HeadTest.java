// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static dev.omnibridge.stamping.stamp.Texts.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HeadTest {

  @Test
  void shouldLeaveFirstWhatAToolReadsInTheFirstLines() {
    assertEnds(
        CommentStyle.SEMICOLON,
        ";;; a.el --- A  -*- lexical-binding: t -*-\n",
        "#!/usr/bin/emacs --script\n;; -*- lexical-binding: t -*-\n");
    assertEnds(
        CommentStyle.PERCENT,
        "#!/usr/bin/env escript\n%%! -smp enable\n",
        "#!/usr/bin/env escript\n%% -*- erlang -*-\n%%! -smp enable\n",
        "%&latex\n");
    assertEnds(
        CommentStyle.DASHES,
        "#!/usr/bin/env stack\n-- stack script --resolver lts-22\n",
        "#!/usr/bin/env stack\n{- stack script\n   --resolver lts-22\n-}\n");
    assertEnds(
        CommentStyle.HASH,
        "#cloud-config\n",
        "## template: jinja\n#cloud-config\n",
        "#compdef git\n");
  }

  @Test
  void shouldTakeNoOrdinaryCommentForAHead() {
    for (String first : List.of("; a -*- b\n", "% a\n", "-- stack overflow\n", "# cloud\n")) {
      CommentStyle style = CommentStyle.of(first.strip());
      assertThat(Head.of(utf8(first), style).end()).as(first).isZero();
    }
  }

  @Test
  void shouldReadAnyNumberOfDirectivesOnASmallStack() throws Exception {
    byte[] text = utf8("#check=\n".repeat(2000) + "FROM a\n");
    var end = new AtomicInteger();
    var thread =
        new Thread(null, () -> end.set(Head.of(text, CommentStyle.HASH).end()), "small", 128 << 10);

    thread.start();
    thread.join();

    assertThat(end).hasValue(8 * 2000);
  }

  private static void assertEnds(CommentStyle style, String... heads) {
    for (String head : heads) {
      assertThat(Head.of(utf8(head + "more\n"), style).end()).as(head).isEqualTo(head.length());
    }
  }
}
