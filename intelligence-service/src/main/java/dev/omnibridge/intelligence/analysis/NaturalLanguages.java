// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names a human language by its script or by its most frequent words. A word that several languages
 * share counts for each of them in part, so "de" alone decides nothing.
 */
final class NaturalLanguages {
  private static final int WINDOW = 1 << 17;
  private static final int FEWEST_WORDS = 8;
  private static final int FEWEST_HITS = 3;
  private static final double LOWEST_SHARE = 0.06;
  private static final double LEAD = 1.2;
  private static final int LONGEST_WORD = 24;

  private enum Tongue {
    ENGLISH(
        "en",
        "the of and to in is that for it with as are this be not by from or which have was but"
            + " you an can if when has will on at its all one"),
    GERMAN(
        "de",
        "der die das und ist nicht ein eine mit für auf von zu den dem des sich auch wird im werden"
            + " oder bei sind als aus nach kann nur wenn einen"),
    FRENCH(
        "fr",
        "le la les de des et est un une dans pour que qui pas sur avec par au ce il sont plus du ne"
            + " cette être aux en ou"),
    SPANISH(
        "es",
        "el la los las de que en un una por con para se del es no lo su como más al pero y este"
            + " esta son o"),
    ITALIAN(
        "it",
        "il la le di che un una per non con del della sono si nel alla come più gli è dei da questo"
            + " anche e o"),
    DUTCH(
        "nl",
        "de het een en van is dat niet op te met voor zijn aan er ook als bij wordt door naar kan"
            + " deze of in"),
    PORTUGUESE(
        "pt",
        "o os as de que e um uma do da em para com não por se no na mais dos das ao são ou este"
            + " como é");

    private final String code;
    private final List<String> words;

    Tongue(String code, String words) {
      this.code = code;
      this.words = List.of(words.split(" "));
    }

    String label() {
      return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    }
  }

  private static final Map<String, List<Tongue>> SPEAKERS = speakers();

  private NaturalLanguages() {}

  static @Nullable NaturalLanguage guess(String text) {
    String window = text.length() <= WINDOW ? text : text.substring(0, WINDOW);
    NaturalLanguage byScript = byScript(window);
    return byScript != null ? byScript : byWords(window);
  }

  private static Map<String, List<Tongue>> speakers() {
    var speakers = new HashMap<String, List<Tongue>>();
    for (Tongue tongue : Tongue.values()) {
      for (String word : tongue.words) {
        speakers.computeIfAbsent(word, _ -> new ArrayList<>()).add(tongue);
      }
    }
    return Map.copyOf(speakers);
  }

  private static @Nullable NaturalLanguage byWords(String text) {
    var scores = new EnumMap<Tongue, Double>(Tongue.class);
    var hits = new EnumMap<Tongue, Integer>(Tongue.class);
    int words = 0;
    int start = -1;
    for (int i = 0; i <= text.length(); i++) {
      boolean letter = i < text.length() && Character.isLetter(text.charAt(i));
      if (letter && start < 0) {
        start = i;
      } else if (!letter && start >= 0) {
        words++;
        hear(text, start, i, scores, hits);
        start = -1;
      }
    }
    return words < FEWEST_WORDS ? null : choose(scores, hits, words);
  }

  private static void hear(
      String text, int start, int end, Map<Tongue, Double> scores, Map<Tongue, Integer> hits) {
    if (end - start > LONGEST_WORD) {
      return;
    }
    String word = text.substring(start, end).toLowerCase(Locale.ROOT);
    List<Tongue> tongues = SPEAKERS.getOrDefault(word, List.of());
    for (Tongue tongue : tongues) {
      scores.merge(tongue, 1.0 / tongues.size(), Double::sum);
      hits.merge(tongue, 1, Integer::sum);
    }
  }

  private static @Nullable NaturalLanguage choose(
      Map<Tongue, Double> scores, Map<Tongue, Integer> hits, int words) {
    Tongue best = Tongue.ENGLISH;
    double first = 0;
    double second = 0;
    for (Tongue tongue : Tongue.values()) {
      double score = scores.getOrDefault(tongue, 0.0);
      if (score > first) {
        second = first;
        first = score;
        best = tongue;
      } else {
        second = Math.max(second, score);
      }
    }
    int count = hits.getOrDefault(best, 0);
    if (first / words < LOWEST_SHARE || count < FEWEST_HITS || first < second * LEAD) {
      return null;
    }
    String reason = "%d of %d words are frequent words of the language".formatted(count, words);
    return new NaturalLanguage(best.code, best.label(), (double) count / words, reason);
  }

  private static @Nullable NaturalLanguage byScript(String text) {
    var counts = new EnumMap<UnicodeScript, Integer>(UnicodeScript.class);
    int letters = 0;
    boolean ukrainian = false;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (Character.isLetter(c)) {
        letters++;
        if (c > 0x24F) {
          counts.merge(UnicodeScript.of(c), 1, Integer::sum);
          ukrainian |= "іїєґ".indexOf(Character.toLowerCase(c)) >= 0;
        }
      }
    }
    int kana =
        counts.getOrDefault(UnicodeScript.HIRAGANA, 0)
            + counts.getOrDefault(UnicodeScript.KATAKANA, 0);
    for (var entry : counts.entrySet()) {
      if (entry.getValue() * 2L > letters) {
        return inScript(entry.getKey(), entry.getValue(), letters, kana > 0, ukrainian);
      }
    }
    int japanese = kana + counts.getOrDefault(UnicodeScript.HAN, 0);
    return kana > 0 && japanese * 2L > letters
        ? inScript(UnicodeScript.HIRAGANA, japanese, letters, true, false)
        : null;
  }

  private static @Nullable NaturalLanguage inScript(
      UnicodeScript script, int count, int letters, boolean kana, boolean ukrainian) {
    String[] named =
        switch (script) {
          case CYRILLIC -> ukrainian ? named("uk", "Ukrainian") : named("ru", "Russian");
          case HAN -> kana ? named("ja", "Japanese") : named("zh", "Chinese");
          case HIRAGANA, KATAKANA -> named("ja", "Japanese");
          case HANGUL -> named("ko", "Korean");
          case ARABIC -> named("ar", "Arabic");
          case HEBREW -> named("he", "Hebrew");
          case GREEK -> named("el", "Greek");
          case THAI -> named("th", "Thai");
          case DEVANAGARI -> named("hi", "Hindi");
          default -> named("", "");
        };
    if (named[0].isEmpty() || letters < FEWEST_WORDS) {
      return null;
    }
    String reason =
        "%d of %d letters are of the script %s".formatted(count, letters, script.name());
    return new NaturalLanguage(named[0], named[1], (double) count / letters, reason);
  }

  private static String[] named(String code, String label) {
    return new String[] {code, label};
  }
}
