// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AnalyzerTest {
  @Test
  void shouldSayThatEmptyContentIsEmpty() {
    Analysis analysis = Samples.analyze("", "");
    assertThat(analysis.type()).isEqualTo(AnalysisType.EMPTY);
    assertThat(analysis.contentType().text()).isTrue();
    assertThat(analysis.entropy()).isZero();
    assertThat(analysis.text()).isEqualTo(new TextStatistics(0, 0, 0, 0, 0));
    assertThat(analysis.recommendations()).isEmpty();
    assertThat(analysis.confidence().score()).isZero();
  }

  @Test
  void shouldKnowABinaryFormatByItsFirstBytes() {
    byte[] png = new byte[200];
    byte[] head = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
    System.arraycopy(head, 0, png, 0, head.length);
    Analysis analysis = Samples.analyze(png, "notes.txt");
    assertThat(analysis.type()).isEqualTo(AnalysisType.BINARY);
    assertThat(analysis.contentType().mediaType()).isEqualTo("image/png");
    assertThat(analysis.encoding()).isNull();
    assertThat(analysis.text()).isNull();
    assertThat(analysis.patterns()).extracting(Pattern::name).containsExactly("file-signature");
    assertThat(analysis.tags()).containsExactly("binary", "media:image/png");
  }

  @Test
  void shouldBelieveTheBytesWhenTheNameSaysText() {
    byte[] zeros = new byte[100];
    Analysis analysis = Samples.analyze(zeros, "Zeros.java");
    assertThat(analysis.type()).isEqualTo(AnalysisType.BINARY);
    assertThat(analysis.contentType().text()).isFalse();
    assertThat(analysis.contentType().mediaType()).isEqualTo("application/octet-stream");
  }

  @ParameterizedTest
  @EnumSource
  void shouldGiveTheSameAnswerEveryTime(Language language) {
    Analysis first = Samples.analyze(language);
    Analysis again =
        new Analyzer()
            .analyze(
                new Sample(Samples.bytes(language), first.size(), Samples.FILES.get(language)));
    assertThat(again).isEqualTo(first);
    assertThat(first.type()).isEqualTo(AnalysisType.ofText(first.language()));
    assertThat(first.recommendations()).isNotEmpty();
    assertThat(first.tags()).contains(language.id());
  }

  @Test
  void shouldReadOneHugeLine() {
    byte[] line = new byte[Sample.DEFAULT_LIMIT];
    Arrays.fill(line, (byte) 'x');
    Analysis analysis = Samples.analyze(line, "line.txt");
    assertThat(analysis.text())
        .isEqualTo(new TextStatistics(1, 0, 1, Sample.DEFAULT_LIMIT, Sample.DEFAULT_LIMIT));
    assertThat(analysis.truncated()).isFalse();
  }

  @Test
  void shouldSayWhenOnlyTheFirstPartWasAnalysed() {
    byte[] text = "grüße ".repeat(1000).getBytes(StandardCharsets.UTF_8);
    // The limit falls into the middle of a letter of two bytes.
    Analysis analysis = new Analyzer().analyze(Sample.first(3, text, null));
    assertThat(analysis.truncated()).isTrue();
    assertThat(analysis.size()).isEqualTo(text.length);
    assertThat(analysis.analysedBytes()).isEqualTo(3);
    assertThat(analysis.encoding()).isNotNull();
    assertThat(analysis.encoding().charset()).isEqualTo("UTF-8");
    assertThat(analysis.text()).isEqualTo(new TextStatistics(1, 0, 1, 2, 2));
    assertThat(analysis.tags()).contains("truncated");
    assertThat(String.join(" ", analysis.recommendations())).contains("first 3 of 8000 bytes");
  }

  @Test
  void shouldMeasureEntropyInBitsPerByte() {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    assertThat(TextStatistics.entropy(all)).isCloseTo(8, within(1e-9));
    assertThat(TextStatistics.entropy("abab".getBytes(StandardCharsets.UTF_8)))
        .isCloseTo(1, within(1e-9));
    assertThat(TextStatistics.entropy(new byte[9])).isZero();
  }

  @Test
  void shouldCountLinesWordsAndCodePoints() {
    assertThat(TextStatistics.of(Lines.of("one two\r\n\r\n  \nthree\rfo\uD83D\uDE00r")))
        .isEqualTo(new TextStatistics(5, 2, 4, 24, 7));
    assertThat(Lines.of("a\n").count()).isEqualTo(1);
    assertThat(Lines.of("\n\n").count()).isEqualTo(2);
  }
}
