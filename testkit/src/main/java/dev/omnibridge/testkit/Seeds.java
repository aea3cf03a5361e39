// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The seed of a randomised test: the system property `seed` where it is set, else a new one. It is
 * printed either way, and {@link #hint} belongs into the message of every assertion that depends on
 * it, so that a failure can be had again.
 */
public record Seeds(long seed) {
  private static final Logger log = LoggerFactory.getLogger(Seeds.class);
  private static final String PROPERTY = "seed";

  public static Seeds fromProperty() {
    var given = System.getProperty(PROPERTY, "");
    var seeds = new Seeds(given.isBlank() ? System.nanoTime() : Long.parseLong(given.strip()));
    log.atInfo().addKeyValue(PROPERTY, seeds.seed).log("seed of this run");
    return seeds;
  }

  /** Always the same numbers for the same seed and purpose, whatever else draws from the seed. */
  public RandomGenerator random(String purpose) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 31 + purpose.hashCode());
  }

  public String hint() {
    return "repeat with -D" + PROPERTY + "=" + seed;
  }
}
