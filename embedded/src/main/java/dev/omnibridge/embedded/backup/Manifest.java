// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import static dev.omnibridge.embedded.backup.BackupException.Reason.DAMAGED;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The files of a backup with their checksums, in the form of PostgreSQL's own backup manifests
 * (version 1), so that pg_verifybackup of any PostgreSQL reads it, too.
 */
record Manifest(List<SavedFile> files, long timeline, String startLsn, String stopLsn) {
  static final String NAME = "backup_manifest";
  private static final String CHECKSUM = "\"Manifest-Checksum\"";
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'GMT'", Locale.ROOT);

  byte[] text() throws IOException {
    var text = new StringBuilder("{ \"PostgreSQL-Backup-Manifest-Version\": 1,\n\"Files\": [\n");
    for (int i = 0; i < files.size(); i++) {
      text.append(line(files.get(i))).append(i + 1 < files.size() ? ",\n" : "\n");
    }
    text.append("],\n\"WAL-Ranges\": [\n");
    text.append(
        "{ \"Timeline\": %d, \"Start-LSN\": \"%s\", \"End-LSN\": \"%s\" }\n"
            .formatted(timeline, startLsn, stopLsn));
    text.append("],\n");
    var digest = SavedFile.digest();
    digest.update(text.toString().getBytes(StandardCharsets.UTF_8));
    text.append(CHECKSUM).append(": \"").append(SavedFile.hex(digest)).append("\"}\n");
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String line(SavedFile file) throws IOException {
    return ("{ \"Path\": %s, \"Size\": %d, \"Last-Modified\": \"%s\","
            + " \"Checksum-Algorithm\": \"SHA256\", \"Checksum\": \"%s\" }")
        .formatted(
            JSON.writeValueAsString(file.path()),
            file.size(),
            TIME.format(Instant.ofEpochMilli(file.modified()).atOffset(ZoneOffset.UTC)),
            file.sha256());
  }

  /** Throws DAMAGED when it is not there, or is not as it was written. */
  static Manifest read(Path directory) throws IOException {
    Path file = directory.resolve(NAME);
    if (!Files.exists(file)) {
      throw new BackupException(DAMAGED, "The backup in %s has no manifest".formatted(directory));
    }
    String text = Files.readString(file);
    int end = text.lastIndexOf(CHECKSUM);
    if (end < 0 || !text.substring(end).contains(checksum(text.substring(0, end)))) {
      throw new BackupException(DAMAGED, "The manifest %s is damaged".formatted(file));
    }
    JsonNode root = JSON.readTree(text);
    var files = new ArrayList<SavedFile>();
    for (JsonNode one : root.path("Files")) {
      files.add(
          new SavedFile(
              one.path("Path").asText(),
              one.path("Size").longValue(),
              0,
              one.path("Checksum").asText()));
    }
    JsonNode range = root.path("WAL-Ranges").path(0);
    return new Manifest(
        List.copyOf(files),
        range.path("Timeline").longValue(),
        range.path("Start-LSN").asText(),
        range.path("End-LSN").asText());
  }

  private static String checksum(String text) {
    var digest = SavedFile.digest();
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    return SavedFile.hex(digest);
  }
}
