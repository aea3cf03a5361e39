// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private final JavaClasses service =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("dev.omnibridge.intelligence");

  @Test
  void shouldKeepTheAnalysisPure() {
    classes()
        .that()
        .resideInAPackage("..intelligence.analysis")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java.lang..",
            "java.util..",
            "java.nio.charset..",
            "java.io",
            "org.jspecify..",
            "org.apache.tika..",
            "dev.omnibridge.intelligence.analysis",
            "dev.omnibridge.intelligence.license",
            "dev.omnibridge.intelligence.sensitive")
        .check(service);
  }

  @Test
  void shouldKeepTheOtherCoresPure() {
    classes()
        .that()
        .resideInAnyPackage(
            "..intelligence.license",
            "..intelligence.sensitive",
            "..intelligence.similarity",
            "..intelligence.tree")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java.lang..",
            "java.util..",
            "java.time",
            "java.nio.charset..",
            "org.jspecify..",
            "dev.omnibridge.intelligence.analysis",
            "dev.omnibridge.intelligence.license",
            "dev.omnibridge.intelligence.sensitive",
            "dev.omnibridge.intelligence.similarity",
            "dev.omnibridge.intelligence.tree")
        .check(service);
  }

  @Test
  void shouldTouchLuceneAndTheModelInOnePackageEach() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..intelligence.index")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.lucene..")
        .check(service);
    noClasses()
        .that()
        .doNotHaveSimpleName("MiniLmEmbedder")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.langchain4j..", "ai.onnxruntime..")
        .check(service);
  }

  @Test
  void shouldTouchTikaInOneClassOnly() {
    noClasses()
        .that()
        .doNotHaveSimpleName("ContentTypes")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.tika..")
        .check(service);
  }

  @Test
  void shouldKeepClockAndChanceOutOfTheAnalysis() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "..intelligence.analysis",
            "..intelligence.license",
            "..intelligence.sensitive",
            "..intelligence.similarity",
            "..intelligence.tree")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Clock.class, Instant.class, Random.class, UUID.class)
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(service);
  }

  @Test
  void shouldKeepMessagesOutOfTheAnalysisAndOtherServicesOutOfThisOne() {
    noClasses()
        .that()
        .resideInAPackage("dev.omnibridge.intelligence..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.omnibridge.dbadapter..",
            "dev.omnibridge.orchestrator..",
            "dev.omnibridge.reducer..",
            "dev.omnibridge.stamping..")
        .check(service);
  }
}
