// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.sensitive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values are put together here, so that no scanner of repositories takes them for leaked ones. */
class SensitiveScanTest {
  private static final String RANDOM = "q7Zr2Xk9Lm4Tn8Wp3Vb6Yc1Hd5Gf0Js9Q2Aa7";

  private static List<SensitiveFinding> scan(String text) {
    return SensitiveScan.of(text, false);
  }

  @ParameterizedTest
  @CsvSource({
    "aws-access-key,   AKIA,        Q7ZR2XK9LM4TN8WP",
    "google-api-key,   AIza,        q7Zr2Xk9Lm4Tn8Wp3Vb6Yc1Hd5Gf0Js9Q2A",
    "github-token,     ghp_,        q7Zr2Xk9Lm4Tn8Wp3Vb6Yc1Hd5Gf0Js9Q2Aa",
    "gitlab-token,     glpat-,      q7Zr2Xk9Lm4Tn8Wp3Vb6",
    "slack-token,      xoxb-,       2736-4829-q7Zr2Xk9Lm4Tn8Wp",
    "stripe-key,       sk_live_,    q7Zr2Xk9Lm4Tn8Wp3Vb6",
    "npm-token,        npm_,        q7Zr2Xk9Lm4Tn8Wp3Vb6Yc1Hd5Gf0Js9Q2Aa",
    "model-api-key,    sk-ant-,     q7Zr2Xk9Lm4Tn8Wp3Vb6Yc1Hd5Gf0Js9Q2Aa"
  })
  void shouldKnowTokensByHowTheyBegin(String kind, String prefix, String rest) {
    String token = prefix + rest;
    assertThat(scan("x\ncall(" + token + ") # go"))
        .singleElement()
        .satisfies(found -> {
          assertThat(found.kind().id()).isEqualTo(kind);
          assertThat(found.line()).isEqualTo(2);
          assertThat(found.sure()).isTrue();
          assertThat(found.excerpt()).isEqualTo("call([redacted]").doesNotContain(rest);
        });
  }

  @Test
  void shouldDoubtTheExamplesOfDocuments() {
    assertThat(scan("key AKIAIOSFODNN7" + "EXAMPLE"))
        .singleElement()
        .satisfies(found -> assertThat(found.sure()).isFalse());
  }

  @Test
  void shouldReportAPrivateKeyOnceAndPassOverItsBody() {
    String key =
        "-----BEGIN RSA "
            + "PRIVATE KEY-----\npassword:"
            + RANDOM
            + "\n-----END RSA PRIVATE KEY-----";
    assertThat(scan("a\n" + key + "\npwd = hunter-42-z"))
        .extracting(found -> found.kind().id() + ":" + found.line())
        .containsExactly("private-key:2", "password-assignment:5");
  }

  @Test
  void shouldDoubtATitleWithoutAKeyAndReadOnAfterIt() {
    String code = "var a = of(lines, \"-----BEGIN \", \"" + "PRIVATE KEY\");\npwd = 'tr0ub4dor'\n";
    assertThat(SensitiveScan.of(code, true))
        .extracting(found -> found.kind().id())
        .containsExactly("password-assignment");
    String title =
        "say -----BEGIN EC " + "PRIVATE KEY----- here\nand then words\npwd = tr0ub4dor\n";
    assertThat(scan(title))
        .extracting(found -> found.kind().id() + " " + found.sure())
        .containsExactly("private-key false", "password-assignment true");
  }

  @Test
  void shouldNotTakeJoinedWordsForARandomValue() {
    assertThat(SensitiveScan.of("String PRIVATE_KEY = \"private-key-block\";", true)).isEmpty();
  }

  @Test
  void shouldKnowAJsonWebTokenByItsHeader() {
    String header =
        java.util.Base64.getUrlEncoder().encodeToString("{\"alg\":\"HS256\"}".getBytes());
    assertThat(scan("t " + header.replace("=", "") + ".eyJzdWIiOiIxIn0x." + RANDOM))
        .extracting(SensitiveFinding::kind)
        .containsExactly(SensitiveKind.JWT);
    assertThat(scan("t eyJub3RqcG.eyJzdWIiOiIxIn0x." + RANDOM)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password = \"tr0ub4dor&3\"",
        "db.passwd: tr0ub4dor",
        "\"user_password\": \"tr0ub4dor&3\"",
        "PWD=tr0ub4dor-3"
      })
  void shouldFindPasswordsThatAreAssigned(String line) {
    assertThat(scan(line))
        .singleElement()
        .satisfies(found -> {
          assertThat(found.kind()).isEqualTo(SensitiveKind.PASSWORD_ASSIGNMENT);
          assertThat(found.sure()).isTrue();
          assertThat(found.excerpt()).doesNotContain("tr0ub");
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password = ${DB_PASSWORD}",
        "String password = config.password();",
        "password: string",
        "password: {{ secret }}",
        "token = nextToken",
        "if (token == TokenKind.END) return;",
        "secret = words of no entropy here",
        "the password: a short one",
        "import { tokens } from 'x'"
      })
  void shouldLetReferencesTypesAndWordsBe(String line) {
    assertThat(SensitiveScan.of(line, true)).filteredOn(SensitiveFinding::sure).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"changeme", "your-password-here", "xxxxxxxx", "test1234", "password"})
  void shouldDoubtPlaceholders(String value) {
    assertThat(scan("password = '" + value + "'")).noneMatch(SensitiveFinding::sure);
  }

  @Test
  void shouldFindRandomValuesOfSecretNames() {
    assertThat(SensitiveScan.of("String apiKey = \"" + RANDOM + "\";", true))
        .extracting(SensitiveFinding::kind)
        .containsExactly(SensitiveKind.SECRET_ASSIGNMENT);
    assertThat(scan("aws_secret_access_key = " + RANDOM + "xYz"))
        .extracting(SensitiveFinding::kind)
        .containsExactly(SensitiveKind.AWS_SECRET_KEY);
  }

  @Test
  void shouldFindPasswordsInAddresses() {
    assertThat(scan("url: postgres://bridge:tr0ub4d0r@db.internal:5432/x"))
        .extracting(SensitiveFinding::kind)
        .contains(SensitiveKind.URL_CREDENTIALS);
  }

  @Test
  void shouldFindPersonalDataAndCheckWhatHasACheck() {
    String text =
        """
        mail ada.lovelace@analytical.org now
        IBAN NL91 ABNA 0417 1643 00 please
        IBAN NL91 ABNA 0417 1643 01 is wrong
        card 4539 5787 6362 1486 ok
        card 4539 5787 6362 1487 is wrong
        phone +44 20 7946 0018 there
        host 8.8.4.4 and 127.0.0.1 and 300.1.1.1
        """;
    assertThat(scan(text))
        .filteredOn(SensitiveFinding::sure)
        .extracting(found -> found.kind().id() + ":" + found.line())
        .containsExactly("email:1", "iban:2", "credit-card:4", "phone:6");
  }

  @Test
  void shouldDoubtAddressesOfNobody() {
    assertThat(scan("write to ada@example.com or git@github.com:a/b, see icon@2x.png"))
        .noneMatch(SensitiveFinding::sure);
  }

  @Test
  void shouldKeepEveryValueOfALineOutOfEveryExcerpt() {
    String token = "ghp_" + RANDOM;
    String line =
        "a@analytical.org "
            + token
            + " b@analytical.org unknown9key8value7of6no5kind "
            + "password=tr0ub4dor4711";
    assertThat(scan(line))
        .hasSizeGreaterThanOrEqualTo(4)
        .allSatisfy(found ->
            assertThat(found.excerpt())
                .doesNotContain("analytical", RANDOM, "tr0ub", "unknown9key"));
  }

  @Test
  void shouldBoundTheFindings() {
    assertThat(scan("mail x@analytical.org\n".repeat(1000))).hasSize(SensitiveScan.MOST);
  }
}
