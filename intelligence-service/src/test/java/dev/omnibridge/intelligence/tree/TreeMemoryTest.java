// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import dev.omnibridge.intelligence.store.TreeJson;
import dev.omnibridge.intelligence.store.TreeStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What trees take while they are read and kept, and what is refused for it. */
class TreeMemoryTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Random random = new Random(7);

  private List<String> names(int count, int different) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int one = random.nextInt(different);
      names.add("name" + Integer.toString(one, 36) + "Of" + Integer.toString(one * 31, 36));
    }
    return names.stream().distinct().toList();
  }

  /** About as many names and words as a file of code has. */
  private TreeFile code(int number) {
    var facts =
        new FileFacts("java", names(15, 20_000), names(12, 5_000), names(40, 5_000), false, false);
    String path = "module%d/src/main/java/dev/project/part%d/File%d.java";
    return new TreeFile(path.formatted(number % 10, number % 100, number), 5_000, 1_000, facts);
  }

  private ProjectTree project(int files) {
    var builder = new TreeBuilder();
    for (int i = 0; i < files; i++) {
      builder.add(code(i));
    }
    return builder.build("project");
  }

  private static byte[] document(ProjectTree tree) {
    return TreeJson.write(tree, Instant.EPOCH);
  }

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static ProjectTree read(byte[] document) {
    try {
      return TreeJson.read(document);
    } catch (IOException none) {
      throw new AssertionError(none);
    }
  }

  @Test
  void shouldSayHonestlyWhatATreeTakesWhichIsNotMuchMoreThanItsDocument() {
    byte[] document = document(project(4_000));
    long before = used();
    var search = new TreeSearch(read(document));
    long taken = used() - before;

    assertThat(search.bytes()).isBetween(taken * 8 / 10, taken * 13 / 10);
    assertThat(search.bytes()).isLessThan(3L * document.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[],", "{\"a\":[", "[{\"version\":\"1.0.0\"},"})
  void shouldNotReadOnInWhatDoesNotBeginAsATree(String piece) {
    byte[] none = ("[" + piece.repeat(1_000_000)).getBytes(UTF_8);
    // What the first reading of a JVM allocates for its classes is none of the document's.
    assertThatThrownBy(() -> TreeJson.read("[]".getBytes(UTF_8))).isInstanceOf(IOException.class);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> TreeJson.read(none)).isInstanceOf(IOException.class);
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(none.length / 2);
  }

  private static byte[] tree(String root) {
    return "{\"version\":\"1.0.0\",\"tree\":%s}".formatted(root).getBytes(UTF_8);
  }

  @Test
  void shouldTakeNoDocumentForATreeThatNoTreeCanHaveMade() {
    String deep = "{\"children\":[".repeat(70) + "]}".repeat(70);
    String files = "{\"children\":[" + "{},".repeat(TreeBuilder.MOST_FILES) + "{}]}";
    String directory = "{\"type\":\"directory\"}";
    String directories =
        "{\"children\":["
            + (directory + ",").repeat(TreeBuilder.MOST_DIRECTORIES + 1)
            + directory
            + "]}";
    String texts = "{\"keywords\":[" + "\"\",".repeat(1_000_000) + "\"\"]}";
    for (String root : List.of("[]", "7", deep, texts)) {
      assertThatThrownBy(() -> TreeJson.read(tree(root))).isInstanceOf(IOException.class);
    }
    isTooLarge(() -> TreeJson.read(tree(files)), "20,000 files");
    isTooLarge(() -> TreeJson.read(tree(directories)), "40,000 directories");
    assertThat(catchThrowable(() -> TreeJson.read(tree("{\"children\":[{}]}")))).isNull();
  }

  @Test
  void shouldTakeATimeThatCannotBeCountedForNoneAndAnEmptyOneForUnknown() throws IOException {
    String node = "{\"last_modified\":\"%s\"}";
    for (String none : List.of("+1000000000-12-31T23:59:59Z", "yesterday")) {
      assertThatThrownBy(() -> TreeJson.read(tree(node.formatted(none))))
          .isInstanceOf(IOException.class);
    }
    assertThat(TreeJson.read(tree(node.formatted(""))).root().modifiedMillis())
        .isEqualTo(Node.UNKNOWN_TIME);
  }

  @Test
  void shouldCountWhatOnlyATreeThatNobodyBuiltHasMuchOf() {
    String letters = "m".repeat(100_000);
    String root = "{\"path\":\".\",\"%s\":\"" + letters + "\"}";
    for (String field : List.of("extension", "inferred_purpose", "architectural_pattern")) {
      assertThat(bytes(tree(root.formatted(field)))).isGreaterThan(letters.length());
    }
    String equal = "{\"path\":\"a\"},".repeat(10_000);
    assertThat(bytes(tree("{\"children\":[" + equal + "{}]}"))).isGreaterThan(10_000 * 160L);

    String none = "{\"version\":\"1.0.0\",\"project_root\":\"%s\",\"tree\":{}}";
    assertThat(bytes(none.formatted(letters).getBytes(UTF_8))).isGreaterThan(letters.length());
    String counts =
        "{\"version\":\"1.0.0\",\"tree\":{},\"statistics\":{\"purpose_distribution\":{\"%s\":1}}}";
    String one = "m".repeat(8_000);
    assertThat(bytes(counts.formatted(one).getBytes(UTF_8))).isGreaterThan(one.length());
  }

  private static long bytes(byte[] document) {
    return new TreeSearch(read(document)).bytes();
  }

  private static String word(int number) {
    return new StringBuilder()
        .appendCodePoint('a' + number % 26)
        .appendCodePoint('a' + number / 26 % 26)
        .appendCodePoint('a' + number / 676)
        .append('q')
        .toString();
  }

  private static void isTooLarge(ThrowingCallable made, String limit) {
    assertThatThrownBy(made).isInstanceOf(TreeTooLarge.class).hasMessageContaining(limit);
  }

  @Test
  void shouldRefuseATreeThatCannotBeHeldBeforeItIsReadToItsEnd() {
    var words = new StringBuilder();
    for (int i = 0; i < 6_000; i++) {
      words.append(i == 0 ? "\"" : ",\"").append(word(i)).append('"');
    }
    String node = "{\"path\":\"a%d\",\"keywords\":[" + words + "]}";
    var nodes = new StringBuilder();
    for (int i = 0; i < 700; i++) {
      nodes.append(i == 0 ? "" : ",").append(node.formatted(i));
    }
    byte[] document = tree("{\"children\":[" + nodes + "]}");
    assertThat(document.length).isLessThan(TreeStore.MOST_BYTES);
    isTooLarge(() -> new TreeSearch(TreeJson.read(document)), "48 MiB in memory");
  }

  @Test
  void shouldRefuseMoreOrLongerPathsOfDirectoriesThanCanBeHeld() {
    var deep = new TreeBuilder();
    for (int i = 0; i < 300; i++) {
      String part = "d".repeat(60) + String.format("%03d", i);
      deep.add(new TreeFile((part + "/").repeat(63) + "f", 1, 1, FileFacts.NONE));
    }
    isTooLarge(() -> deep.build("p"), "16 MiB of paths of directories");

    var wide = new TreeBuilder();
    for (int i = 0; i < 10_000; i++) {
      wide.add(new TreeFile("a%d/b/c/d/e/f".formatted(i), 1, 1, FileFacts.NONE));
    }
    isTooLarge(() -> wide.build("p"), "40,000 directories");
  }

  @Test
  void shouldRefuseADocumentAboveItsLimitWithoutHavingItInMemory() {
    List<Node> files = new ArrayList<>();
    List<String> related = Texts.of(List.of("r".repeat(64 * 1024)));
    for (int i = 0; i < 1_000; i++) {
      String name = "f" + i;
      files.add(new Node(name, name, false, 1, "", 1, "other", "", related, List.of(), List.of()));
    }
    var root = new Node(".", "p", true, 1, "", 1, "other", "", List.of(), List.of(), files);
    var statistics = new Statistics(1_000, 1, java.util.Map.of(), 1, java.util.Map.of());
    long before = THREADS.getCurrentThreadAllocatedBytes();
    isTooLarge(() -> document(new ProjectTree("p", root, statistics)), "a document of 32 MiB");
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
        .isLessThan(3L * TreeStore.MOST_BYTES);
  }
}
