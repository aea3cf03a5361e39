// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import static dev.omnibridge.embedded.backup.BackupException.Reason.IN_THE_WAY;

import dev.omnibridge.embedded.EmbeddedPostgres;
import dev.omnibridge.embedded.PostgresDirectory;
import dev.omnibridge.embedded.Uninterrupted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The mark of a restore that has begun to change the data and is not finished. As long as it is
 * there no server starts for anybody else; whoever restores next first takes the begun one back.
 */
record UnfinishedRestore(PostgresDirectory target) {
  private static final String NOTHING = "nothing was there";
  private static final String ASIDE = "moved aside to ";

  /** On disk before the data is moved. */
  void begin(Optional<Path> aside) throws IOException {
    Path mark = target.unfinishedRestore();
    Path draft = mark.resolveSibling(mark.getFileName() + ".new");
    String text = aside.map(path -> ASIDE + path.getFileName()).orElse(NOTHING);
    Durably.write(draft, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    Durably.rename(draft, mark);
  }

  /** The data may be used. */
  void end() throws IOException {
    Uninterrupted.run(() -> {
      Files.deleteIfExists(target.unfinishedRestore());
      Durably.sync(target.home());
    });
  }

  /**
   * What was there before is there again; nothing happens where no restore is unfinished. A server
   * that the begun one left running is stopped.
   */
  void takeBack() throws IOException {
    Uninterrupted.run(this::putBack);
  }

  private void putBack() throws IOException {
    Path mark = target.unfinishedRestore();
    if (!Files.exists(mark)) {
      return;
    }
    Optional<Path> aside = aside(Files.readString(mark).strip());
    EmbeddedPostgres.stopOrphan(target.home());
    if (aside.isEmpty()) {
      Trees.delete(target.cluster());
    } else if (Files.exists(aside.get())) {
      Trees.delete(target.cluster());
      Durably.rename(aside.get(), target.cluster());
    }
    end();
  }

  private Optional<Path> aside(String mark) {
    if (mark.equals(NOTHING)) {
      return Optional.empty();
    }
    String name = mark.startsWith(ASIDE) ? mark.substring(ASIDE.length()) : "";
    if (!name.startsWith(Restore.ASIDE) || name.contains("/")) {
      throw new BackupException(
          IN_THE_WAY,
          "%s does not say what an unfinished restore left; choose another directory"
              .formatted(target.unfinishedRestore()));
    }
    return Optional.of(target.home().resolve(name));
  }
}
