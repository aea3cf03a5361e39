// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileWalkTest {
  private static final Selection EVERYTHING = new Selection(true, true, List.of(), List.of());

  @TempDir private Path top = Path.of("");

  private void files(String... names) throws IOException {
    for (String name : names) {
      Path file = top.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "");
    }
  }

  private void text(String name, String... lines) throws IOException {
    Path file = top.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, List.of(lines));
  }

  private List<String> walk(Path from, Selection selection) throws InterruptedException {
    var names = new ArrayList<String>();
    FileWalk.of(
        List.of(from),
        selection,
        found -> {
          assertThat(found).isInstanceOf(Found.File.class);
          names.add(top.relativize(found.path()).toString());
        });
    return names;
  }

  @Test
  void shouldGiveFilesByNameWithoutHiddenOnesAndLinks() throws Exception {
    files("b/z", "b/a", "a", "c", ".hidden", ".d/x", "b/.git/config");
    Files.createSymbolicLink(top.resolve("link"), top.resolve("a"));
    Files.createSymbolicLink(top.resolve("loop"), top);

    assertThat(walk(top, Selection.usual())).containsExactly("a", "b/a", "b/z", "c");
    assertThat(walk(top, EVERYTHING)).containsExactly(".d/x", ".hidden", "a", "b/a", "b/z", "c");
    assertThat(walk(top.resolve("link"), Selection.usual())).containsExactly("link");
    assertThat(walk(top.resolve(".hidden"), Selection.usual())).containsExactly(".hidden");
  }

  @Test
  void shouldHeedTheIgnoreFilesAboveTheNamedDirectoryAndTheNearestLast() throws Exception {
    Files.createDirectories(top.resolve(".git/info"));
    text(".git/info/exclude", "secret");
    text(".gitignore", "*.log", "/build/", "deep/*.tmp");
    text("deep/.gitignore", "!keep.log");
    files("deep/a.log", "deep/keep.log", "deep/b.tmp", "deep/in/c.tmp", "deep/build/d", "build/e");
    files("deep/secret");

    assertThat(walk(top.resolve("deep"), Selection.usual()))
        .containsExactly("deep/build/d", "deep/in/c.tmp", "deep/keep.log");
    assertThat(walk(top, Selection.usual()))
        .containsExactly("deep/build/d", "deep/in/c.tmp", "deep/keep.log");
    assertThat(walk(top, new Selection(false, false, List.of(), List.of()))).hasSize(7);
  }

  @Test
  void shouldTakeWhatIsIncludedAndNothingThatIsExcluded() throws Exception {
    files("src/a.java", "src/b.txt", "docs/c.md", "docs/deep/d.bin", "e.java", "src/gen/f.java");

    assertThat(walk(top, new Selection(true, false, List.of("*.java", "docs/"), List.of("gen"))))
        .containsExactly("docs/c.md", "docs/deep/d.bin", "e.java", "src/a.java");
    assertThat(walk(top, new Selection(true, false, List.of("/src/*.java"), List.of())))
        .containsExactly("src/a.java");
  }

  @Test
  void shouldLeaveOutWhatTheCommandWritesBesideFilesHoweverMuchIsWanted() throws Exception {
    files(
        ".a.onex-meta.json", ".omnibridge-12.tmp", "a", "b.onex-meta.json", ".omnibridge", ".tmp");

    assertThat(walk(top, EVERYTHING))
        .containsExactly(".omnibridge", ".tmp", "a", "b.onex-meta.json");
    assertThat(walk(top.resolve(".a.onex-meta.json"), EVERYTHING)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "a/**/**/b, a/b, true",
    "a/**/b, a/x/y/b, true",
    "a/**/b/**/c, a/b/x/b/y/c, true",
    "a/**/b/**/c, a/b/x/b/y, false",
    "a/**, a, false",
    "a/**, a/b/c, true",
    "a/**/**, a/b, true",
    "**/a, a, true",
    "**/a/*, x/a/b, true",
    "**/a/*, x/a, false",
    "/**, a/b, true",
    "/a, b/a, false"
  })
  void shouldMatchPathsAsGitDoes(String line, String path, boolean fits) {
    var pattern = Objects.requireNonNull(IgnorePattern.parse(line));

    assertThat(pattern.matches(List.of(path.split("/")), false)).isEqualTo(fits);
  }

  @Test
  @Timeout(10)
  void shouldMatchPatternsOfAnyDepthInNoTime() {
    var many = Objects.requireNonNull(IgnorePattern.parse("**/a/".repeat(5_000) + "b"));
    var deep = Collections.nCopies(3_000, "a");

    assertThat(many.matches(deep, false)).isFalse();
  }

  @Test
  void shouldTellWhatCannotBeReadInItsPlace() throws Exception {
    files("a", "z");
    var found = new ArrayList<Found>();

    FileWalk.of(
        List.of(top.resolve("a"), top.resolve("nothing"), Path.of("/dev/null"), top.resolve("z")),
        Selection.usual(),
        found::add);

    assertThat(found)
        .extracting(one -> one.getClass().getSimpleName())
        .containsExactly("File", "Unreadable", "Unreadable", "File");
  }

  @ParameterizedTest
  @CsvSource({
    "*.c, a.c, true",
    "*.c, .c, true",
    "*.c, a.cc, false",
    "a*b*c, axxbyyc, true",
    "a*b*c, axxbyy, false",
    "?, a, true",
    "?, '', false",
    "[a-c]x, bx, true",
    "[!a-c]x, bx, false",
    "[^a-c]x, dx, true",
    "[]a]x, ]x, true",
    "[a, a, false",
    "[[:digit:]]*, 7up, true",
    "[[:nothing:]], a, false",
    "\\*, *, true",
    "\\*, a, false",
    "[a-], -, true",
    "[\\]], ], true",
    "**, a, true",
    "a\\, a, false",
    "[z-a], m, false",
    "'', '', true",
    "*, '', true"
  })
  void shouldMatchAsAShellDoes(String pattern, String name, boolean fits) {
    assertThat(new Glob(pattern).matches(name)).isEqualTo(fits);
  }

  /** Git itself says which files of a random tree with random ignore files are left. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void shouldLeaveOutWhatGitLeavesOut(long seed) throws Exception {
    System.out.println("seed " + seed);
    assertThat(git("init", "-q")).isEmpty();
    var random = new Random(seed);
    List<String> directories = new ArrayList<>(List.of(""));
    for (int i = 0; i < 12; i++) {
      String parent = directories.get(random.nextInt(directories.size()));
      String directory = parent + name(random) + "/";
      Files.createDirectories(top.resolve(directory));
      directories.add(directory);
    }
    for (String directory : directories) {
      for (int i = 0; i < 4; i++) {
        Path file = top.resolve(directory + name(random));
        if (!Files.exists(file)) {
          files(top.relativize(file).toString());
        }
      }
      if (random.nextInt(3) == 0 || directory.isEmpty()) {
        String[] lines = new String[1 + random.nextInt(4)];
        Arrays.setAll(lines, _ -> pattern(random));
        text(directory + ".gitignore", lines);
      }
    }

    assertThat(walk(top, EVERYTHING))
        .containsExactlyInAnyOrderElementsOf(
            git("ls-files", "-z", "--others", "--exclude-per-directory=.gitignore"));
  }

  private static String name(Random random) {
    var name = new StringBuilder();
    for (int i = 0; i <= random.nextInt(3); i++) {
      name.append("ab.".charAt(random.nextInt(i == 0 ? 2 : 3)));
    }
    return name.append(random.nextBoolean() ? "" : "c").toString();
  }

  private static String pattern(Random random) {
    String[] parts = {"*", "a", "b", "?", "[ab]", "[!a]", "**", "a*", "*.c", "*c", "ab", "\\a"};
    var pattern = new StringBuilder(random.nextInt(3) == 0 ? "!" : "");
    pattern.append(random.nextInt(4) == 0 ? "/" : "");
    for (int i = 0; i <= random.nextInt(3); i++) {
      pattern.append(i == 0 ? "" : "/").append(parts[random.nextInt(parts.length)]);
    }
    return pattern.append(random.nextInt(4) == 0 ? "/" : "").toString();
  }

  private List<String> git(String... arguments) throws Exception {
    var command = new ArrayList<>(List.of("git", "-C", top.toString()));
    command.addAll(List.of(arguments));
    try {
      Process git =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String out = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(git.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(git.exitValue()).isZero();
      return Arrays.stream(out.split("\0")).filter(name -> !name.isEmpty()).toList();
    } catch (IOException notInstalled) {
      return assumeNoGit();
    }
  }

  private static List<String> assumeNoGit() {
    assumeThat(false).as("git is installed").isTrue();
    return List.of();
  }
}
