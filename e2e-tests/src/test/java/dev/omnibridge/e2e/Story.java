// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * A class of tests that tells one story of the users, once for each {@link Way} that this run's
 * infrastructure has for it; its constructor takes the way. Stories come after the other tests of
 * their JVM, so that what they share runs beside none of these.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass(name = "{0}")
@ArgumentsSource(WaysToRun.class)
@ExtendWith({StoryRules.class, Renewal.class})
@Tag("story")
@Order(Story.ORDER)
@interface Story {
  /** For each class that uses {@link Deployment#shared}. */
  int ORDER = Order.DEFAULT + 1;

  /** Whether it is told of five processes besides one, and in a smoke run. */
  boolean criticalPath() default false;

  /** The ways in which it can be told; all of them where none is named. */
  Way[] only() default {};
}
