// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The line between core and shell, and who may know what. */
class ArchitectureTest {
  private static final String ROOT = "dev.omnibridge.dbadapter";

  private final JavaClasses module =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  /** Messages are the vocabulary of the core; what carries and stores them is not its business. */
  @Test
  void shouldKeepTheCorePure() {
    classes()
        .that()
        .resideInAnyPackage(ROOT + ".log", ROOT + ".query")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "org.jspecify..",
            "com.google.protobuf..",
            "com.fasterxml.jackson..",
            "dev.omnibridge.api..",
            "dev.omnibridge.runtime",
            "dev.omnibridge.runtime.blake3",
            "dev.omnibridge.runtime.event",
            ROOT + ".log",
            ROOT + ".query")
        .check(module);
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".log", ROOT + ".query")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.time.Clock")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(java.time.OffsetDateTime.class, "now")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(java.util.UUID.class, "randomUUID")
        .check(module);
  }

  @Test
  void shouldKeepSqlInTheStore() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".store", ROOT)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.vertx.sqlclient..", "io.vertx.pgclient..", "java.sql..", "org.flywaydb..")
        .check(module);
  }

  @Test
  void shouldKeepKafkaInTheStream() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".stream")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", "io.vertx.kafka..")
        .check(module);
  }

  @Test
  void shouldKeepGrpcInTheRpc() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".rpc")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc..", "dev.omnibridge.runtime.rpc")
        .orShould()
        .dependOnClassesThat()
        .haveSimpleNameEndingWith("Grpc")
        .allowEmptyShould(true)
        .check(withoutWiring());
  }

  /** The main class and the wiring know everything. */
  private JavaClasses withoutWiring() {
    return new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests())
        .importPackages(
            ROOT + ".log", ROOT + ".query", ROOT + ".store", ROOT + ".stream", ROOT + ".rpc");
  }

  @Test
  void shouldHaveNoCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(module);
  }
}
