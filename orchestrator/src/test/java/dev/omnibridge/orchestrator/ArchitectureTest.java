// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The line between core and shell, and who may use what. */
class ArchitectureTest {
  private static final String ROOT = "dev.omnibridge.orchestrator";
  private static final JavaClasses CLASSES =
      new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages(ROOT);

  @Test
  void shouldKeepTheCorePure() {
    classes()
        .that()
        .resideInAnyPackage(ROOT + ".definition", ROOT + ".workflow")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "org.jspecify..",
            "com.fasterxml.jackson..",
            "com.networknt.schema..",
            "net.thisptr.jackson.jq..",
            ROOT + ".definition",
            ROOT + ".workflow")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".workflow")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.io..", "java.nio..", "java.net..", "java.util.concurrent..")
        .check(CLASSES);
  }

  @Test
  void shouldKeepTheShellFreeOfFrameworksAndThreads() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".run")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.vertx..", "io.grpc..", "com.google.protobuf..", "dev.omnibridge.api..")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .check(CLASSES);
  }

  @Test
  void shouldReadTheClockOnlyWhereItIsWired() {
    noClasses()
        .that()
        .doNotHaveSimpleName("OrchestratorVerticle")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(CLASSES);
  }

  @Test
  void shouldHaveNoCyclesBetweenPackages() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
