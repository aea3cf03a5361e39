// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.sensitive;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Tokens that tell what they are by how they begin. */
final class Tokens {
  private static final int LONGEST_HEADER = 512;
  private static final double SURE = 0.95;

  /** A prefix, and how many characters follow it. */
  private record Form(SensitiveKind kind, String prefix, int least, int most) {}

  private static final List<Form> FORMS =
      List.of(
          new Form(SensitiveKind.AWS_ACCESS_KEY, "AKIA", 16, 16),
          new Form(SensitiveKind.AWS_ACCESS_KEY, "ASIA", 16, 16),
          new Form(SensitiveKind.GOOGLE_API_KEY, "AIza", 35, 35),
          new Form(SensitiveKind.GITHUB_TOKEN, "ghp_", 36, 251),
          new Form(SensitiveKind.GITHUB_TOKEN, "gho_", 36, 251),
          new Form(SensitiveKind.GITHUB_TOKEN, "ghu_", 36, 251),
          new Form(SensitiveKind.GITHUB_TOKEN, "ghs_", 36, 251),
          new Form(SensitiveKind.GITHUB_TOKEN, "ghr_", 36, 251),
          new Form(SensitiveKind.GITHUB_TOKEN, "github_pat_", 22, 251),
          new Form(SensitiveKind.GITLAB_TOKEN, "glpat-", 20, 64),
          new Form(SensitiveKind.SLACK_TOKEN, "xoxb-", 20, 251),
          new Form(SensitiveKind.SLACK_TOKEN, "xoxp-", 20, 251),
          new Form(SensitiveKind.SLACK_TOKEN, "xoxa-", 20, 251),
          new Form(SensitiveKind.SLACK_TOKEN, "xoxs-", 20, 251),
          new Form(SensitiveKind.STRIPE_KEY, "sk_live_", 16, 251),
          new Form(SensitiveKind.STRIPE_KEY, "rk_live_", 16, 251),
          new Form(SensitiveKind.NPM_TOKEN, "npm_", 36, 36),
          new Form(SensitiveKind.PYPI_TOKEN, "pypi-", 50, 251),
          new Form(SensitiveKind.CLOUD_TOKEN, "dop_v1_", 64, 64),
          new Form(SensitiveKind.CLOUD_TOKEN, "shpat_", 32, 32),
          new Form(SensitiveKind.MODEL_API_KEY, "sk-ant-", 32, 251),
          new Form(SensitiveKind.MODEL_API_KEY, "sk-proj-", 32, 251),
          new Form(SensitiveKind.MODEL_API_KEY, "hf_", 34, 40));

  private Tokens() {}

  /** Looks at each run of word characters between two offsets. */
  static void find(String text, int from, int to, List<Span> found) {
    int at = from;
    while (at < to) {
      if (!Chars.word(text.charAt(at))) {
        at++;
        continue;
      }
      int end = wordEnd(text, at, to);
      if (end - at >= 20) {
        prefixed(text, at, end, found);
      }
      at = jwt(text, at, end, to, found);
    }
  }

  private static int wordEnd(String text, int at, int to) {
    int end = at;
    while (end < to && Chars.word(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static void prefixed(String text, int at, int end, List<Span> found) {
    for (Form form : FORMS) {
      int rest = end - at - form.prefix().length();
      if (rest >= form.least() && rest <= form.most() && text.startsWith(form.prefix(), at)) {
        String value = text.substring(at, end);
        if (fits(form, value)) {
          found.add(new Span(form.kind(), at, end, Placeholders.judge(value, SURE)));
        }
        return;
      }
    }
  }

  private static boolean fits(Form form, String value) {
    return form.kind() != SensitiveKind.AWS_ACCESS_KEY
        || value.chars().allMatch(c -> Chars.digit((char) c) || Chars.upper((char) c));
  }

  /** Three words with dots between, the first a header in JSON. Returns where to go on. */
  private static int jwt(String text, int at, int end, int to, List<Span> found) {
    if (!text.startsWith("eyJ", at) || end >= to || text.charAt(end) != '.') {
      return end;
    }
    int second = wordEnd(text, end + 1, to);
    if (second - end < 8 || second >= to || text.charAt(second) != '.') {
      return end;
    }
    int third = wordEnd(text, second + 1, to);
    if (third - second < 8 || !isHeader(text.substring(at, Math.min(end, at + LONGEST_HEADER)))) {
      return end;
    }
    found.add(new Span(SensitiveKind.JWT, at, third, 0.9));
    return third;
  }

  private static boolean isHeader(String encoded) {
    try {
      byte[] json = Base64.getUrlDecoder().decode(encoded);
      return new String(json, StandardCharsets.UTF_8).contains("\"alg\"");
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }
}
