// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.sensitive;

import java.util.Locale;

/** What can be found that should not be in a text. */
public enum SensitiveKind {
  PRIVATE_KEY(Category.SECRET),
  AWS_ACCESS_KEY(Category.SECRET),
  AWS_SECRET_KEY(Category.SECRET),
  GOOGLE_API_KEY(Category.SECRET),
  GITHUB_TOKEN(Category.SECRET),
  GITLAB_TOKEN(Category.SECRET),
  SLACK_TOKEN(Category.SECRET),
  STRIPE_KEY(Category.SECRET),
  NPM_TOKEN(Category.SECRET),
  PYPI_TOKEN(Category.SECRET),
  CLOUD_TOKEN(Category.SECRET),
  MODEL_API_KEY(Category.SECRET),
  JWT(Category.SECRET),
  URL_CREDENTIALS(Category.SECRET),
  PASSWORD_ASSIGNMENT(Category.SECRET),
  SECRET_ASSIGNMENT(Category.SECRET),
  EMAIL(Category.PERSONAL),
  IBAN(Category.PERSONAL),
  CREDIT_CARD(Category.PERSONAL),
  PHONE(Category.PERSONAL),
  IP_ADDRESS(Category.PERSONAL);

  /** Whom a leak harms. */
  public enum Category {
    /** It opens something. */
    SECRET,
    /** It is about a person. */
    PERSONAL;

    /** The stable lower-case id. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Category category;

  SensitiveKind(Category category) {
    this.category = category;
  }

  /** Whom a leak harms. */
  public Category category() {
    return category;
  }

  /** The stable id in kebab-case. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
