// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NaturalLanguagesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "en|The basket says what all of it costs, and it is kept for as long as you like.",
        "de|Der Korb sagt, was alles zusammen kostet, und er wird so lange wie nötig aufgehoben.",
        "fr|Le panier dit ce que tout coûte, et il est gardé pour vous dans la boutique.",
        "es|La cesta dice lo que cuesta todo, y se guarda en la tienda para los clientes.",
        "it|Il cesto dice quanto costa tutto, e si conserva nel negozio per chi non ha fretta.",
        "nl|De mand zegt wat het kost, en hij wordt voor de klant bewaard als dat moet.",
        "pt|O cesto diz quanto custa tudo, e não se perde, porque é guardado em uma loja da rua.",
        "ru|Корзина говорит, сколько стоит всё вместе.",
        "uk|Кошик каже, скільки коштує все разом, і зберігається.",
        "el|Το καλάθι λέει πόσο κοστίζουν όλα μαζί.",
        "ja|かごは全部でいくらかを教えてくれます。",
        "zh|篮子告诉你所有东西一共多少钱。",
        "ko|바구니는 모두 얼마인지 알려줍니다."
      })
  void shouldNameTheLanguageOfASentence(String code, String sentence) {
    NaturalLanguage language = NaturalLanguages.guess(sentence);
    assertThat(language).isNotNull().extracting(NaturalLanguage::code).isEqualTo(code);
  }

  @Test
  void shouldNotGuessFromTooLittle() {
    assertThat(NaturalLanguages.guess("the")).isNull();
    assertThat(NaturalLanguages.guess("")).isNull();
    assertThat(NaturalLanguages.guess("foo bar baz qux quux corge grault garply waldo fred"))
        .isNull();
  }

  @Test
  void shouldReadTheCommentsOfASourceAndNotItsWords() {
    String source =
        """
        // Der Korb sagt, was alles zusammen kostet, und er wird für den Kunden aufgehoben.
        class Basket { void theTotalOfAllThatIsInIt() { for (;;) if (this.is.not()) return; } }
        """;
    NaturalLanguage language = Samples.analyze(source, "Basket.java").naturalLanguage();
    assertThat(language).isNotNull().extracting(NaturalLanguage::code).isEqualTo("de");
  }
}
