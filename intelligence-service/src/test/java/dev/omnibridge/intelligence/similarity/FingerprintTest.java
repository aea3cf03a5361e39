// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.similarity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.omnibridge.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class FingerprintTest {
  private final Seeds seeds = Seeds.fromProperty();

  private static List<String> words(RandomGenerator random, int count) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      words.add("w" + random.nextInt(5000));
    }
    return words;
  }

  private static Fingerprint of(List<String> words) {
    return Fingerprint.of(String.join(" ", words));
  }

  @Test
  void shouldFindATextTheSameAsItselfWhateverItsSpaceAndSigns() {
    List<String> words = words(seeds.random("same"), 300);
    Fingerprint plain = of(words);
    Fingerprint laidOut = Fingerprint.of(String.join(";\n\t(", words).toUpperCase());
    assertThat(plain.resemblance(laidOut)).isEqualTo(1);
  }

  @Test
  void shouldSeeAFewChangedWordsAsANearDuplicateAndOtherTextsNot() {
    RandomGenerator random = seeds.random("change");
    List<String> words = words(random, 1000);
    List<String> changed = new ArrayList<>(words);
    for (int i = 0; i < 10; i++) {
      changed.set(random.nextInt(changed.size()), "changed" + i);
    }
    assertThat(of(words).resemblance(of(changed)))
        .as(seeds.hint())
        .isGreaterThanOrEqualTo(Fingerprint.NEAR_DUPLICATE);
    assertThat(of(words).resemblance(of(words(random, 1000)))).isLessThan(0.05);
  }

  @Test
  void shouldEstimateTheShareOfCommonShingles() {
    RandomGenerator random = seeds.random("share");
    for (int keep : List.of(200, 500, 800, 950)) {
      List<String> one = words(random, 1000);
      List<String> other = new ArrayList<>(one.subList(0, keep));
      other.addAll(words(random, 1000 - keep));
      assertThat(of(one).resemblance(of(other)))
          .as("%d words kept, %s", keep, seeds.hint())
          .isCloseTo(exact(one, other), within(0.15));
    }
  }

  private static double exact(List<String> one, List<String> other) {
    Set<List<String>> left = shingles(one);
    Set<List<String>> union = shingles(other);
    long common = left.stream().filter(union::contains).count();
    union.addAll(left);
    return (double) common / union.size();
  }

  private static Set<List<String>> shingles(List<String> words) {
    Set<List<String>> shingles = new HashSet<>();
    for (int i = 0; i + Fingerprint.SHINGLE <= words.size(); i++) {
      shingles.add(List.copyOf(words.subList(i, i + Fingerprint.SHINGLE)));
    }
    return shingles;
  }

  @Test
  void shouldGiveNoSketchToAFewWords() {
    assertThat(Fingerprint.of("only a few words").isEmpty()).isTrue();
    assertThat(Fingerprint.of("").resemblance(Fingerprint.of("also few"))).isZero();
  }

  @Test
  void shouldStandBeingStored() {
    Fingerprint print = of(words(seeds.random("stored"), 400));
    assertThat(Fingerprint.ofHashes(print.hashes()).resemblance(print)).isEqualTo(1);
    assertThat(print.hashes()).hasSize(Fingerprint.SIZE);
  }

  @Test
  void shouldPutTextsOfTheSameWordsNearInTheLexicalSpace() {
    float[] basket = LexicalVector.of("basket adds items and prices them, basket totals");
    float[] other = LexicalVector.of("items of a basket are priced, the basket has totals");
    float[] far = LexicalVector.of("kubernetes deploys containers over nodes with quorum");
    assertThat(LexicalVector.cosine(basket, other)).isGreaterThan(0.4);
    assertThat(LexicalVector.cosine(basket, far)).isLessThan(0.2);
    assertThat(LexicalVector.cosine(basket, basket)).isCloseTo(1, within(1e-6));
    assertThat(LexicalVector.isZero(LexicalVector.of("… !"))).isTrue();
  }

  @Test
  void shouldDivideNames() {
    assertThat(Terms.parts("src/main/HTTPServerTest2.java parse_url a"))
        .containsExactly("src", "main", "http", "server", "test", "java", "parse", "url");
  }
}
