// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups before and after a restore to a time, and the log that they need. */
class SavedTimelinesTest {
  @TempDir private Path root = Path.of("");

  private BackupArea area() {
    return new BackupArea(root);
  }

  /**
   * The first timeline was written up to file 9, with a backup at 8; then the log was taken back to
   * the middle of file 5 and a backup was made there.
   */
  @BeforeEach
  void takenBack() throws IOException {
    area().prepare(root);
    for (int file = 1; file <= 9; file++) {
      wal(1, file);
    }
    for (int file = 5; file <= 7; file++) {
      wal(2, file);
    }
    Path unused =
        Files.writeString(
            root.resolve("wal/00000002.history"), "1\t0/5800000\tbefore 2026-11-21\n");
    save("20261120T000000.000Z", 1, 2);
    save("20261121T000000.000Z", 1, 8);
    save("20261121T010000.000Z", 2, 6);
  }

  private static String name(long timeline, long file) {
    return "%08X%08X%08X".formatted(timeline, 0, file);
  }

  private void wal(long timeline, long file) throws IOException {
    Path at = root.resolve("wal").resolve(name(timeline, file));
    try (var content = new RandomAccessFile(at.toFile(), "rw")) {
      content.setLength(WalArchive.SEGMENT_BYTES);
    }
  }

  private void save(String id, long timeline, long file) throws IOException {
    Path directory = Files.createDirectory(root.resolve("base").resolve(id));
    String wal = name(timeline, file);
    var saved =
        new SavedBackup(
            id,
            1,
            2,
            "0/%X000028".formatted(file),
            "0/%X000120".formatted(file),
            wal,
            wal,
            18,
            1,
            1,
            "/data");
    Path unused = Files.write(directory.resolve(SavedBackup.FILE), saved.json());
  }

  private List<String> archived() throws IOException {
    try (Stream<Path> files = Files.list(root.resolve("wal"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void shouldKeepTheLogOfEveryBackupThatRemains() throws IOException {
    var removed = BaseBackup.keep(area(), 2);

    assertThat(removed.backups()).containsExactly("20261120T000000.000Z");
    assertThat(removed.walFiles()).isEqualTo(6);
    assertThat(archived())
        .containsExactly(
            name(1, 6),
            name(1, 7),
            name(1, 8),
            name(1, 9),
            "00000002.history",
            name(2, 6),
            name(2, 7));
  }

  @Test
  void shouldChooseNoBackupThatWasTakenBack() throws IOException {
    assertThat(area().choose(Optional.empty(), Optional.empty()).id())
        .isEqualTo("20261121T010000.000Z");
    assertThat(area().abandoned())
        .extracting(SavedBackup::id)
        .containsExactly("20261121T000000.000Z");
    Trees.delete(root.resolve("base/20261121T010000.000Z"));
    assertThat(area().choose(Optional.empty(), Optional.empty()).id())
        .isEqualTo("20261120T000000.000Z");
    Trees.delete(root.resolve("base/20261120T000000.000Z"));
    assertThatThrownBy(() -> area().choose(Optional.empty(), Optional.empty()))
        .hasMessageContaining("took back 20261121T000000.000Z");
  }

  @Test
  void shouldTellWhichFilesNobodyWritesToAnyMore() throws IOException {
    var timelines = Timelines.to(root.resolve("wal"), 2);

    assertThat(List.of(name(1, 4), "00000001.history")).allMatch(timelines::left);
    assertThat(List.of(name(1, 5), name(1, 6), name(2, 5), "00000002.history"))
        .noneMatch(timelines::left);
  }

  private void history(long timeline, String... lines) throws IOException {
    Path unused =
        Files.write(
            root.resolve("wal/%08X.history".formatted(timeline)),
            Stream.of(lines).map(line -> line.replace(' ', '\t') + "\tsome reason").toList());
  }

  @Test
  void shouldEndATimelineWhereALaterOneLeftTheLogBeforeIt() throws IOException {
    history(3, "1 0/500FAF8", "2 0/500FAD0");

    assertThat(Timelines.to(root.resolve("wal"), 3).parts())
        .containsExactly(
            new Timelines.Part(1, 0, 0x500FAD0),
            new Timelines.Part(2, 0x500FAD0, 0x500FAD0),
            new Timelines.Part(3, 0x500FAD0, Long.MAX_VALUE));
  }

  @Test
  void shouldReadNothingOfATimelineThatARestoreToATimeNeverReached() throws IOException {
    history(2, "1 0/8800000");
    history(3, "1 0/8800000", "2 0/5800000");
    wal(2, 8);
    wal(3, 5);
    wal(3, 6);

    var timelines = Timelines.to(root.resolve("wal"), 3);
    assertThat(List.of(name(1, 4), "00000002.history")).allMatch(timelines::left);
    assertThat(List.of(name(1, 5), name(1, 7), name(2, 8))).noneMatch(timelines::left);
    assertThat(area().wal().from(name(1, 2)).last()).isEqualTo(name(3, 6));
    assertThat(area().abandoned())
        .extracting(SavedBackup::id)
        .containsExactly("20261121T000000.000Z", "20261121T010000.000Z");
    assertThat(area().choose(Optional.empty(), Optional.empty()).id())
        .isEqualTo("20261120T000000.000Z");
  }

  @Test
  void shouldSeeAHoleThatAnotherTimelineHides() throws IOException {
    assertThat(area().wal().from(name(1, 2)).last()).isEqualTo(name(2, 7));
    assertThat(area().wal().from(name(1, 2)).missing()).isEmpty();

    Files.delete(root.resolve("wal").resolve(name(2, 6)));

    var holed = area().wal().from(name(1, 2));
    assertThat(holed.files()).isEqualTo(4);
    assertThat(holed.missing()).contains(name(2, 6));
  }

  @Test
  void shouldCountOnlyThoseOfALostDiskThatLedToTheNewTimeline() throws IOException {
    history(3, "1 0/5800000", "2 0/8800000");
    var lost =
        new LostWal(
            Optional.of(root),
            List.of(
                name(1, 1),
                name(1, 4),
                "00000002.history",
                name(2, 6),
                name(2, 8),
                name(2, 9),
                name(2, 10)));

    assertThat(lost.readBy(name(1, 2), Timelines.to(root.resolve("wal"), 3)))
        .containsExactly(name(1, 4), "00000002.history", name(2, 6), name(2, 8));
  }

  @Test
  void shouldMissNothingThatALostDiskHad() throws IOException {
    Files.delete(root.resolve("wal").resolve(name(2, 6)));
    wal(2, 9);
    history(3, "1 0/5800000", "2 0/9800000");
    var followed = Timelines.followedBy(root.resolve("wal"), 3);

    var filled = area().wal().from(name(1, 2), followed, List.of(name(2, 6), name(2, 8)));
    assertThat(filled.missing()).isEmpty();
    assertThat(filled.last()).isEqualTo(name(2, 9));
    assertThat(filled.files()).isEqualTo(6);
    assertThat(area().wal().from(name(1, 2), followed, List.of(name(2, 6))).missing())
        .contains(name(2, 8));
  }

  @Test
  void shouldRefuseABackupUnderAnotherName() throws IOException {
    Path base = root.resolve("base");
    Path unused = Files.move(base.resolve("20261120T000000.000Z"), base.resolve("copy"));

    assertThatThrownBy(() -> area().backups())
        .isInstanceOf(BackupException.class)
        .hasMessageContaining("calls itself 20261120T000000.000Z");
  }
}
