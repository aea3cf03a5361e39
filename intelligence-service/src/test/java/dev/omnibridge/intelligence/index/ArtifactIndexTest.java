// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.intelligence.index.Change.Embedded;
import dev.omnibridge.intelligence.index.Change.Seen;
import dev.omnibridge.intelligence.index.Change.Stamped;
import dev.omnibridge.runtime.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactIndexTest {
  private static final String BASKET =
      "The basket adds items and prices them; the basket computes the total of all prices, the tax"
          + " on the total, and the discount that a customer has earned with earlier purchases.";
  private static final String OTHER =
      "Consumers of the broker poll partitions and commit offsets only after the batch is stored,"
          + " so a crash repeats records but never loses one, whatever the broker does meanwhile.";

  private static String hash(int n) {
    return "%064x".formatted(n);
  }

  private static Stamped stamped(String namespace, int n, String text) {
    return new Stamped(
        namespace, hash(n), hash(n + 1000), "f" + n, text.isEmpty() ? null : Features.of(text));
  }

  private static Searches searches(ArtifactIndex index) {
    return new Searches(index, "model", "lexical");
  }

  private static List<Neighbour> similar(ArtifactIndex index, String text, float[] model) {
    return searches(index).similar(new Probe(hash(1), "", Features.of(text), model, 10, 0));
  }

  @Test
  void shouldFindTheSameAndTheLikeBeforeTheUnlike() {
    try (var index = ArtifactIndex.open("", 100)) {
      index.apply(
          List.of(
              stamped("a", 1, BASKET),
              stamped("a", 2, BASKET.replace("earned", "got")),
              stamped("a", 3, OTHER)));
      assertThat(similar(index, BASKET, null))
          .extracting(Neighbour::path)
          .containsExactly("f1", "f2", "f3");
      Neighbour second = similar(index, BASKET, null).get(1);
      assertThat(second.similarity()).isBetween(0.8, 0.9999);
      assertThat(second.model()).isEqualTo("lexical");
      assertThat(second.fileHash()).isEqualTo(hash(1002));
    }
  }

  @Test
  void shouldAnswerStampedArtifactsOnly() {
    try (var index = ArtifactIndex.open("", 100)) {
      index.apply(List.of(new Seen("a", hash(2), "seen", Features.of(BASKET))));
      assertThat(similar(index, BASKET, null)).isEmpty();
      index.apply(List.of(stamped("b", 2, "")));
      assertThat(similar(index, BASKET, null))
          .as("the stamp's own event came without the text, which was seen before")
          .extracting(Neighbour::namespace)
          .containsExactly("b");
    }
  }

  @Test
  void shouldGiveAStampItsTextWhenItIsSeenLater() {
    try (var index = ArtifactIndex.open("", 100)) {
      index.apply(List.of(stamped("a", 2, "")));
      assertThat(searches(index).counts()).isEqualTo(new Searches.Counts(0, 1, 0));
      index.apply(List.of(new Seen("a", hash(2), "seen", Features.of(BASKET))));
      assertThat(searches(index).counts()).isEqualTo(new Searches.Counts(1, 0, 1));
      assertThat(similar(index, BASKET, null)).extracting(Neighbour::path).containsExactly("f2");
    }
  }

  @Test
  void shouldNeverCompareVectorsOfDifferentModels() {
    float[] one = new float[384];
    float[] two = new float[384];
    one[0] = 1;
    two[1] = 1;
    try (var index = ArtifactIndex.open("", 100)) {
      index.apply(List.of(stamped("a", 2, BASKET), stamped("a", 3, OTHER)));
      assertThat(searches(index).waiting(10)).containsExactlyInAnyOrder(hash(2), hash(3));
      index.apply(List.of(new Embedded(hash(3), one)));
      assertThat(searches(index).waiting(10)).containsExactly(hash(2));
      assertThat(similar(index, BASKET.replace("basket", "cart"), one))
          .extracting(found -> found.path() + " " + found.model())
          .containsExactly("f3 model", "f2 lexical");
      assertThat(similar(index, BASKET, two))
          .filteredOn(found -> found.model().equals("model"))
          .allSatisfy(found -> assertThat(found.similarity()).isZero());
      index.apply(List.of(new Embedded(hash(2), null)));
      assertThat(searches(index).waiting(10)).isEmpty();
    }
  }

  @Test
  void shouldKeepToTheNamespaceAndTheLeastSimilarity() {
    try (var index = ArtifactIndex.open("", 100)) {
      index.apply(
          List.of(stamped("a", 2, BASKET), stamped("b", 3, BASKET), stamped("b", 4, OTHER)));
      var probe = new Probe(hash(1), "b", Features.of(BASKET), null, 10, 0.9);
      assertThat(searches(index).similar(probe)).extracting(Neighbour::path).containsExactly("f3");
    }
  }

  @Test
  void shouldTellNearDuplicatesOtherThanTheContentItself() {
    String longer = BASKET + " " + OTHER + " " + BASKET.replace("basket", "cart");
    try (var index = ArtifactIndex.open("", 100)) {
      index.apply(
          List.of(
              stamped("a", 1, longer),
              stamped("a", 2, longer + " One more."),
              stamped("a", 3, OTHER)));
      var probe = new Probe(hash(1), "a", Features.of(longer), null, 10, 0);
      assertThat(searches(index).nearDuplicates(probe))
          .extracting(Neighbour::path)
          .containsExactly("f2");
    }
  }

  @Test
  void shouldFindIndexAndPositionsOfTheLastCommitAgain(@TempDir Path directory) {
    try (var index = ArtifactIndex.open(directory.toString(), 100)) {
      index.apply(List.of(stamped("a", 1, BASKET)));
      index.commit(Map.of("p|0", "7"));
      index.apply(List.of(stamped("a", 2, OTHER)));
    }
    try (var index = ArtifactIndex.open(directory.toString(), 100)) {
      assertThat(index.positions()).containsEntry("p|0", "7");
      assertThat(searches(index).counts().artifacts()).isEqualTo(1);
      assertThatThrownBy(() -> ArtifactIndex.open(directory.toString(), 100))
          .isInstanceOfSatisfying(
              Fault.class, fault -> assertThat(fault.reason()).isEqualTo("INDEX_IN_USE"));
    }
  }

  @Test
  void shouldMakeADamagedIndexAnew(@TempDir Path directory) throws Exception {
    try (var index = ArtifactIndex.open(directory.toString(), 100)) {
      index.apply(List.of(stamped("a", 1, BASKET)));
      index.commit(Map.of("p|0", "7"));
    }
    try (var files = Files.list(directory)) {
      for (Path file :
          files.filter(f -> f.getFileName().toString().startsWith("segments")).toList()) {
        Files.write(file, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
      }
    }
    try (var index = ArtifactIndex.open(directory.toString(), 100)) {
      assertThat(index.positions()).isEmpty();
      assertThat(searches(index).counts().artifacts()).isZero();
    }
  }

  /** Of most files a writer only looks whether they have a name when it is opened. */
  @Test
  void shouldMakeAnIndexAnewOfWhichAnyFileIsCutOrGone(@TempDir Path directory) throws Exception {
    List<String> names = committed(directory.resolve("whole"));
    for (String name : names) {
      for (boolean cut : List.of(true, false)) {
        Path copy = directory.resolve(name + cut);
        committed(copy);
        Path file = copy.resolve(name);
        if (cut) {
          Files.write(file, Arrays.copyOf(Files.readAllBytes(file), (int) Files.size(file) / 2));
        } else {
          Files.delete(file);
        }
        for (int time = 1; time <= 2; time++) {
          try (var index = ArtifactIndex.open(copy.toString(), 100)) {
            assertThat(index.positions()).as(file.toString()).isEmpty();
            assertThat(searches(index).counts().artifacts()).isZero();
          }
        }
      }
    }
    assertThat(names).hasSizeGreaterThan(3);
  }

  /** Names of the files of an index with one artifact, which are the same every time. */
  private static List<String> committed(Path directory) throws IOException {
    try (var index = ArtifactIndex.open(directory.toString(), 100)) {
      index.apply(List.of(stamped("a", 1, BASKET)));
      index.commit(Map.of("p|0", "7"));
    }
    try (var files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals("write.lock"))
          .toList();
    }
  }

  /** A disk that is full for a while. */
  private static final class Disk extends FilterDirectory {
    boolean full;

    Disk() {
      super(new ByteBuffersDirectory());
    }

    @Override
    public IndexOutput createOutput(String name, IOContext context) throws IOException {
      if (full) {
        throw new IOException("No space left on device");
      }
      return super.createOutput(name, context);
    }
  }

  @Test
  void shouldGoOnFromTheLastCommitWhenTheDiskIsNotFullAnyMore() throws Exception {
    var disk = new Disk();
    try (var index = new ArtifactIndex(disk, 100)) {
      index.apply(List.of(stamped("a", 1, BASKET)));
      index.commit(Map.of("p|0", "7"));
      disk.full = true;
      for (int time = 1; time <= 2; time++) {
        assertThatThrownBy(() -> index.apply(List.of(stamped("a", 2, OTHER))))
            .hasMessageContaining("No space left");
        assertThat(searches(index).counts().artifacts()).isOne();
      }
      disk.full = false;

      index.apply(List.of(stamped("a", 2, OTHER)));
      index.commit(Map.of("p|0", "8"));

      assertThat(index.positions()).containsEntry("p|0", "8");
      assertThat(searches(index).counts().artifacts()).isEqualTo(2);
    }
  }

  @Test
  void shouldNotSayThatItHasWhatWasStoredBeforeItWasMadeAnew() throws Exception {
    var disk = new Disk();
    try (var index = new ArtifactIndex(disk, 100)) {
      index.apply(List.of(stamped("a", 1, BASKET)));
      index.commit(Map.of("p|0", "7"));
      disk.full = true;
      assertThatThrownBy(() -> index.apply(List.of(stamped("a", 2, OTHER))))
          .hasMessageContaining("No space left");
      for (String file : disk.listAll()) {
        if (file.endsWith(".cfs")) {
          disk.deleteFile(file);
        }
      }
      disk.full = false;

      index.apply(List.of(stamped("a", 2, OTHER)));

      assertThatThrownBy(() -> index.commit(Map.of("p|0", "8"))).hasMessageContaining("made anew");
      assertThat(index.positions()).isEmpty();
      index.commit(Map.of("p|0", "2"));
      assertThat(index.positions()).containsEntry("p|0", "2");
    }
  }

  @Test
  void shouldKeepThePositionsOfTheLastCommitWhenTheNextOneFails() throws Exception {
    var disk = new Disk();
    try (var index = new ArtifactIndex(disk, 100)) {
      index.commit(Map.of("p|0", "7"));
      disk.full = true;
      assertThatThrownBy(() -> index.commit(Map.of("p|0", "8")))
          .hasMessageContaining("No space left");
      assertThat(index.positions()).containsEntry("p|0", "7");
    }
  }

  @Test
  void shouldLetTheOldestGo() {
    try (var index = ArtifactIndex.open("", 3)) {
      for (int i = 1; i <= 8; i++) {
        index.apply(List.of(stamped("a", i, BASKET + " number" + i)));
      }
      assertThat(searches(index).counts().artifacts()).isEqualTo(3);
      assertThat(searches(index).withText(List.of(hash(6), hash(7), hash(8), hash(1))))
          .containsExactlyInAnyOrder(hash(6), hash(7), hash(8));
    }
  }

  @Test
  void shouldLetWhatNobodyStampedGoBeforeAnyStampedArtifact() {
    try (var index = ArtifactIndex.open("", 3)) {
      index.apply(List.of(stamped("a", 1, BASKET), stamped("a", 2, OTHER)));
      for (int i = 3; i <= 8; i++) {
        index.apply(List.of(new Seen("a", hash(i), "seen", Features.of(BASKET + i))));
      }
      assertThat(searches(index).counts().artifacts()).isEqualTo(2);
      assertThat(searches(index).withText(List.of(hash(8), hash(7)))).containsExactly(hash(8));
    }
  }
}
