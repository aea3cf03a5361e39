// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commit whose sources were tested, as git tells it; empty where there is no git. */
final class Revision {
  private static final Logger log = LoggerFactory.getLogger(Revision.class);
  private static final long LIMIT_SECONDS = 5;

  private Revision() {}

  static String here() {
    try {
      var git =
          new ProcessBuilder("git", "describe", "--always", "--dirty", "--exclude=*", "--abbrev=12")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!git.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        git.destroyForcibly();
        return unknown("git did not answer in time");
      }
      var answer = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return git.exitValue() == 0 ? answer : unknown("not below a repository of git");
    } catch (IOException noGit) {
      return unknown("git cannot be run");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return unknown("interrupted");
    }
  }

  private static String unknown(String why) {
    log.atInfo().addKeyValue("why", why).log("revision not known");
    return "";
  }
}
