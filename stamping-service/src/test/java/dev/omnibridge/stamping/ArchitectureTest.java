// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final String ROOT = "dev.omnibridge.stamping";
  private static final JavaClasses CLASSES =
      new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages(ROOT);

  @Test
  void shouldKeepTheCorePure() {
    classes()
        .that()
        .resideInAPackage(ROOT + ".stamp")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..", "org.jspecify..", "dev.omnibridge.runtime.blake3", ROOT + ".stamp")
        .check(CLASSES);
  }

  @Test
  void shouldKeepDocumentsFreeOfTheShell() {
    classes()
        .that()
        .resideInAPackage(ROOT + ".interop")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "org.jspecify..",
            "com.fasterxml.jackson..",
            "dev.omnibridge.runtime.blake3",
            ROOT + ".stamp",
            ROOT + ".interop")
        .check(CLASSES);
  }

  @Test
  void shouldKeepTheProofsPure() {
    classes()
        .that()
        .resideInAPackage(ROOT + ".merkle")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java.io",
            "java.lang..",
            "java.nio",
            "java.nio.charset",
            "java.security..",
            "java.time..",
            "java.util..",
            "org.jspecify..",
            "com.fasterxml.jackson..",
            "dev.omnibridge.runtime",
            "dev.omnibridge.runtime.blake3",
            ROOT + ".merkle")
        .check(CLASSES);
  }

  @Test
  void shouldReadTheClockOnlyWhereItIsWired() {
    noClasses()
        .that()
        .doNotHaveSimpleName("StampingVerticle")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .check(CLASSES);
  }

  @Test
  void shouldHaveNoCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void shouldNotDependOnAnotherService() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.omnibridge.dbadapter..",
            "dev.omnibridge.orchestrator..",
            "dev.omnibridge.reducer..",
            "dev.omnibridge.intelligence..",
            "dev.omnibridge.bridge..")
        .check(CLASSES);
  }
}
