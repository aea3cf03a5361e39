// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.bridge.TestSetting;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class HelpTest {
  private static final Pattern VERB = Pattern.compile("\\./bridge ([a-z][a-z-]*)");

  @Test
  void shouldNameOnlyVerbsThatExist() {
    CommandLine root = CommandTree.of(new TestSetting(Path.of("")).setting());

    check(root, root);
  }

  private static void check(CommandLine root, CommandLine command) {
    var named = VERB.matcher(command.getUsageMessage());
    while (named.find()) {
      assertThat(root.getSubcommands()).as(command.getUsageMessage()).containsKey(named.group(1));
    }
    command.getSubcommands().values().forEach(verb -> check(root, verb));
  }
}
