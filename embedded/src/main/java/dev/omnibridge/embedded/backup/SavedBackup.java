// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * What is known of a base backup; written last, so one that has it is complete.
 *
 * @param id its name, which is the time it was begun
 * @param startedAt in milliseconds since 1970
 * @param finishedAt in milliseconds since 1970; a restore to an earlier time cannot begin here
 * @param startLsn where a recovery begins
 * @param stopLsn where it is consistent at the earliest
 * @param startWal the WAL file of the start
 * @param stopWal the WAL file of the stop
 * @param major version of PostgreSQL
 * @param files how many
 * @param bytes how large together, without the WAL
 * @param data whose data it is, the server's directory
 */
public record SavedBackup(
    String id,
    long startedAt,
    long finishedAt,
    String startLsn,
    String stopLsn,
    String startWal,
    String stopWal,
    int major,
    int files,
    long bytes,
    String data) {
  static final String FILE = "backup.json";
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /** When it was complete: it can be restored to this time or a later one. */
  public Instant finished() {
    return Instant.ofEpochMilli(finishedAt);
  }

  static SavedBackup read(Path directory) throws IOException {
    return JSON.readValue(Files.readAllBytes(directory.resolve(FILE)), SavedBackup.class);
  }

  byte[] json() throws IOException {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
  }
}
