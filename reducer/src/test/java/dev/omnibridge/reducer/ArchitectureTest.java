// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses REDUCER =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("dev.omnibridge.reducer");

  @Test
  void shouldKeepTheFoldPure() {
    classes()
        .that()
        .resideInAPackage("..reducer.fold")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "org.jspecify..", "com.fasterxml.jackson..", "..reducer.fold")
        .check(REDUCER);
  }

  @Test
  void shouldGiveTheFoldNoClock() {
    noClasses()
        .that()
        .resideInAPackage("..reducer.fold")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .check(REDUCER);
  }

  @Test
  void shouldTouchKafkaInStreamOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..reducer.stream")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.kafka..")
        .check(REDUCER);
  }

  @Test
  void shouldSpeakThePublicContractInRpcOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..reducer.rpc")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.omnibridge.api.state..")
        .check(REDUCER);
  }
}
