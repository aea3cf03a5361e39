// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import dev.omnibridge.runtime.Timeouts;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The directions of the house, and the line between core and shell. */
class ArchitectureTest {
  private static final String ROOT = "dev.omnibridge.";
  private static final String[] SERVICES = {
    "dbadapter", "orchestrator", "reducer", "stamping", "intelligence"
  };
  private static final String[] CORES = {
    "dev.omnibridge.orchestrator.definition..",
    "dev.omnibridge.orchestrator.workflow..",
    "dev.omnibridge.reducer.fold..",
    "dev.omnibridge.stamping.stamp..",
    "dev.omnibridge.intelligence.analysis..",
    "dev.omnibridge.intelligence.license..",
    "dev.omnibridge.intelligence.sensitive..",
    "dev.omnibridge.intelligence.similarity..",
    "dev.omnibridge.intelligence.tree..",
    "dev.omnibridge.runtime.blake3..",
  };

  private static final JavaClasses SUITE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.omnibridge");

  private static final DescribedPredicate<JavaAccess<?>> LIMITS_A_FUTURE =
      describe(
          "a future is limited",
          access ->
              access.getName().equals("timeout")
                  && access.getTargetOwner().isAssignableTo(Future.class));

  private static final Map<String, Set<String>> CLOCK_AND_CHANCE =
      Map.of(
          Instant.class.getName(), Set.of("now"),
          System.class.getName(), Set.of("currentTimeMillis", "nanoTime"),
          UUID.class.getName(), Set.of("randomUUID"),
          Math.class.getName(), Set.of("random"),
          ThreadLocalRandom.class.getName(), Set.of("current"),
          Clock.class.getName(), Set.of("systemUTC"));

  private static final DescribedPredicate<JavaAccess<?>> READS_CLOCK_OR_CHANCE =
      describe(
          "the clock or chance is asked",
          access ->
              CLOCK_AND_CHANCE
                  .getOrDefault(access.getTargetOwner().getName(), Set.of())
                  .contains(access.getName()));

  private static void holds(ArchRule rule) {
    rule.check(SUITE);
  }

  @Test
  void shouldSeeEveryModule() {
    for (String service : SERVICES) {
      assertThat(SUITE.stream().map(JavaClass::getPackageName))
          .anyMatch(name -> name.startsWith(ROOT + service));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dbadapter", "orchestrator", "reducer", "stamping", "intelligence"})
  void shouldNeverLetAServiceDependOnAnotherOrOnTheBridge(String service) {
    for (String other : SERVICES) {
      if (!other.equals(service)) {
        holds(
            from(ROOT + service + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + other + ".."));
      }
    }
    holds(
        from(ROOT + service + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + "bridge..", ROOT + "embedded..", ROOT + "testkit.."));
  }

  private static GivenClassesConjunction from(String pack) {
    return noClasses().that().resideInAPackage(pack);
  }

  @Test
  void shouldKeepTheRuntimeBelowTheServicesAndTheContractsBelowTheRuntime() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(ROOT + "runtime..", ROOT + "api..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                ROOT + "dbadapter..",
                ROOT + "orchestrator..",
                ROOT + "reducer..",
                ROOT + "stamping..",
                ROOT + "intelligence..",
                ROOT + "bridge..",
                ROOT + "embedded.."));
    holds(
        noClasses()
            .that()
            .resideInAPackage(ROOT + "api..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + "runtime.."));
  }

  @Test
  void shouldLetTheFirstClassOfAProcessRunOnAnOlderJava() {
    holds(
        from(ROOT + "launch..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages("java..", "org.jspecify..", ROOT + "launch.."));
  }

  @Test
  void shouldKeepTheWorldOutOfTheCores() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(CORES)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "io.vertx..",
                "io.grpc..",
                "com.google.protobuf..",
                "dev.omnibridge.api..",
                "org.apache.kafka..",
                "java.sql..",
                "javax.sql..",
                "org.slf4j..",
                "java.net..",
                "java.util.concurrent.locks..",
                "dev.omnibridge.runtime.rpc..",
                "dev.omnibridge.runtime.stream.."));
  }

  /** But for those that time the JVM: what is hashed does not depend on it. */
  @Test
  void shouldReadNeitherClockNorChanceInTheCores() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(CORES)
            .and()
            .doNotHaveFullyQualifiedName(ROOT + "runtime.blake3.WarmUp")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + "runtime.blake3.Kernels")
            .should()
            .accessTargetWhere(READS_CLOCK_OR_CHANCE));
  }

  @Test
  void shouldLetOnlyTheStoreOfTheDbAdapterSpeakSql() {
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + "dbadapter..", ROOT + "embedded..", ROOT + "testkit..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "io.vertx.sqlclient..", "io.vertx.pgclient..", "java.sql..", "org.flywaydb.."));
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(ROOT + "dbadapter.rpc..", ROOT + "dbadapter.stream..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.sqlclient..", "io.vertx.pgclient..", "org.flywaydb.."));
  }

  @Test
  void shouldLetOnlyStreamPackagesSpeakKafka() {
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackages(
                ROOT + "dbadapter.stream..",
                ROOT + "reducer.stream..",
                ROOT + "intelligence.stream..",
                ROOT + "runtime.stream..",
                ROOT + "embedded..",
                ROOT + "bridge.demo..",
                ROOT + "testkit..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.kafka..", "org.apache.kafka.."));
  }

  /** What would go on beside the event loop that its state is confined to. */
  @Test
  void shouldLimitFuturesOnlyWhereTheirContextIsKept() {
    holds(
        noClasses()
            .that()
            .doNotHaveFullyQualifiedName(Timeouts.class.getName())
            .should()
            .accessTargetWhere(LIMITS_A_FUTURE));
  }

  /** A method that is only referred to is called where no rule sees it, as in the library. */
  @Test
  void shouldFindWhatTheRulesForbidInCallsAndInReferences() {
    assertThat(whoDoes(LIMITS_A_FUTURE)).containsExactlyInAnyOrder("limit", "limiting");
    assertThat(whoDoes(READS_CLOCK_OR_CHANCE)).containsExactlyInAnyOrder("time", "clock");
  }

  private static List<String> whoDoes(DescribedPredicate<JavaAccess<?>> what) {
    var found = new ArrayList<String>();
    noClasses()
        .should()
        .accessTargetWhere(what)
        .evaluate(new ClassFileImporter().importClasses(Forbidden.class))
        .handleViolations((Collection<JavaAccess<?>> all, String _) ->
            all.forEach(one -> found.add(one.getOrigin().getName())));
    return found;
  }

  /** Each of the two, called and referred to. */
  static final class Forbidden {
    static Future<String> limit(Future<String> future) {
      return future.timeout(1, TimeUnit.SECONDS);
    }

    static BiFunction<Long, TimeUnit, Future<String>> limiting(Future<String> future) {
      return future::timeout;
    }

    static Instant time() {
      return Instant.now();
    }

    static Supplier<Instant> clock() {
      return Instant::now;
    }
  }

  @Test
  void shouldHaveNoCyclesBetweenThePackagesOfAService() {
    for (String service : SERVICES) {
      slices().matching(ROOT + service + ".(*)..").should().beFreeOfCycles().check(SUITE);
    }
  }

  @Test
  void shouldNameThingsForWhatTheyAre() {
    holds(
        classes()
            .that()
            .resideInAPackage("dev.omnibridge..")
            .and()
            .resideOutsideOfPackage("dev.omnibridge.api..")
            .should(
                notEndIn(
                    "Manager", "Helper", "Util", "Utils", "Impl", "Base", "Data", "Info",
                    "Factory")));
  }

  private static ArchCondition<JavaClass> notEndIn(String... suffixes) {
    return new ArchCondition<>("not end in a word that says nothing") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (String suffix : suffixes) {
          if (type.getSimpleName().endsWith(suffix)) {
            events.add(SimpleConditionEvent.violated(type, type.getName() + " ends in " + suffix));
          }
        }
      }
    };
  }
}
