// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.reducer.fold.Change.Added;
import dev.omnibridge.testkit.Seeds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileTypesTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final BridgeState NONE = BridgeState.none("default", Windows.Shape.STANDARD);

  private final Seeds seeds = Seeds.fromProperty();
  private final RandomGenerator random = seeds.random("types");

  @ParameterizedTest
  @CsvSource({
    "src/Main.java,text/x-java,java",
    "src/Main.JAVA,,java",
    "archive.tar.gz,,gz",
    "Makefile,text/plain; charset=utf-8,text/plain",
    ".gitignore,,unknown",
    "dir.d/file,,unknown",
    "trailing.,application/json,application/json",
    "odd.a?b,,unknown",
    "'',image/PNG,image/png",
    "'',image/svg+xml,image/svg+xml",
    "'',application/vnd.openxmlformats-officedocument.presentationml.presentation,"
        + "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "'',binary,binary",
    "'',text/字,unknown",
    "'',text/plain/more,unknown",
    "'',text/a b,unknown",
    "'','text/a\"b',unknown",
    "'','','unknown'",
  })
  void shouldNameAFilesType(String path, String contentType, String expected) {
    var stamp = JsonNodeFactory.instance.objectNode().put("file_path", path);
    stamp.put("content_type", contentType);
    assertThat(FileTypes.of(stamp)).isEqualTo(expected);
  }

  @Test
  void shouldCountTooManyDifferentTypesAsOther() {
    var types = IntStream.range(0, FileTypes.MOST + 5).mapToObj(i -> "t" + i).toList();
    assertThat(NONE.after(added(types)).fileTypes())
        .hasSize(FileTypes.MOST + 1)
        .containsEntry("t0", 1L)
        .containsEntry("other", 5L);
  }

  @Test
  void shouldKeepShortNamesRatherThanNumbersWhenThereAreTooManyTypes() {
    var types = new ArrayList<>(IntStream.range(0, 1_100).mapToObj("%03d"::formatted).toList());
    types.addAll(List.of("java", "text/plain", "unknown"));
    assertThat(NONE.after(added(types)).fileTypes())
        .contains(entry("java", 1L), entry("text/plain", 1L), entry("unknown", 1L));
  }

  @Test
  void shouldAddUpToTheSameTypesInWhateverOrderFilesCome() {
    var types = new ArrayList<String>();
    for (int i = 0; i < 6_000; i++) {
      types.add(Integer.toString(random.nextInt(2_500), 36));
    }
    var expected = folded(types);
    for (int round = 0; round < 5; round++) {
      Collections.shuffle(types, random);
      assertThat(folded(types)).as(seeds.hint()).isEqualTo(expected);
    }
  }

  @Test
  void shouldGoOnFromAStateOfMoreTypesToWhatFoldingAnewGives() {
    var before = IntStream.range(0, 9_000).mapToObj(i -> "t" + i).toList();
    var after = IntStream.range(0, 500).mapToObj(i -> "a" + i).toList();
    var all = new ArrayList<>(before);
    all.addAll(List.of("unknown", "unknown"));
    all.addAll(after);

    ObjectNode stored = BridgeJson.write(NONE);
    ObjectNode types = stored.withObject("file_types");
    before.forEach(type -> types.put(type, 1));
    types.put("text/字", 1).put("line\nbreak", 1);
    var read = BridgeJson.read("default", 1, stored, Windows.Shape.STANDARD);

    assertThat(read.after(added(after)).fileTypes()).isEqualTo(folded(all));
  }

  /** Committed in batches of random sizes. */
  private Map<String, Long> folded(List<String> types) {
    var state = NONE;
    for (int at = 0; at < types.size(); ) {
      int end = Math.min(types.size(), at + 1 + random.nextInt(500));
      state = state.after(added(types.subList(at, end)));
      at = end;
    }
    return state.fileTypes();
  }

  private static List<Tally> added(List<String> types) {
    return types.stream().map(type -> new Tally(NOON, new Added(1, type))).toList();
  }
}
