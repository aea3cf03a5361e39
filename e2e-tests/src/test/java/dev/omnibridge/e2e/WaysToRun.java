// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static dev.omnibridge.e2e.Way.FIVE_PROCESSES;
import static dev.omnibridge.e2e.Way.ONE_PROCESS;

import dev.omnibridge.e2e.infrastructure.Infrastructure;
import dev.omnibridge.e2e.infrastructure.Infrastructure.Kind;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;
import org.junit.platform.commons.support.AnnotationSupport;

/** The ways in which a story is told on this run's infrastructure. */
final class WaysToRun implements ArgumentsProvider {
  @Override
  public Stream<? extends Arguments> provideArguments(
      ParameterDeclarations parameters, ExtensionContext context) {
    return of(context).stream().map(Arguments::of);
  }

  static List<Way> of(ExtensionContext context) {
    var story =
        AnnotationSupport.findAnnotation(context.getRequiredTestClass(), Story.class).orElseThrow();
    return of(Infrastructure.chosen().kind(), story.criticalPath(), List.of(story.only()));
  }

  /** One process needs no Docker and no servers of others, so there it would show nothing new. */
  static List<Way> of(Kind kind, boolean criticalPath, List<Way> only) {
    List<Way> here =
        switch (kind) {
          case EMBEDDED ->
              criticalPath || !only.isEmpty()
                  ? List.of(ONE_PROCESS, FIVE_PROCESSES)
                  : List.of(ONE_PROCESS);
          case CONTAINERS -> List.of(FIVE_PROCESSES);
          case EXTERNAL -> criticalPath ? List.of(FIVE_PROCESSES) : List.of();
        };
    return here.stream().filter(way -> only.isEmpty() || only.contains(way)).toList();
  }
}
