// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.omnibridge.runtime.event.Catalogue.EventType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The documents that are made from the catalogue are those that are in docs/, and say the same. */
class CatalogueDocumentsTest {
  private static final Path DOCS = Path.of("..", "docs").toAbsolutePath().normalize();
  private static final Catalogue CATALOGUE = Catalogue.load();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String AGAIN = "bin/catalogue-documents writes the documents again";

  private static Map<Path, String> generated() throws IOException {
    var documents = new TreeMap<Path, String>();
    documents.put(DOCS.resolve("asyncapi/omnibridge.json"), text(AsyncApi.document(CATALOGUE)));
    documents.put(
        DOCS.resolve("schemas/envelope.json"),
        text(JsonSchemas.document("envelope", JsonSchemas.envelope())));
    for (EventType event : CATALOGUE.events()) {
      documents.put(
          DOCS.resolve("schemas/" + event.type() + ".json"),
          text(JsonSchemas.document(event.type(), JsonSchemas.payload(event))));
    }
    return documents;
  }

  private static String text(JsonNode document) throws IOException {
    var lines = new DefaultIndenter("  ", "\n");
    var printer = new DefaultPrettyPrinter();
    printer.indentArraysWith(lines);
    printer.indentObjectsWith(lines);
    return JSON.writer(printer).writeValueAsString(document) + "\n";
  }

  static Iterable<EventType> events() {
    return CATALOGUE.events();
  }

  @Test
  void shouldHaveTheDocumentsThatTheCatalogueGives() throws Exception {
    Map<Path, String> generated = generated();
    if (Boolean.getBoolean("catalogue.write")) {
      for (var document : generated.entrySet()) {
        Files.createDirectories(Objects.requireNonNull(document.getKey().getParent()));
        Files.writeString(document.getKey(), document.getValue());
      }
    }
    for (var document : generated.entrySet()) {
      assertThat(document.getKey()).as(AGAIN).exists();
      assertThat(Files.readString(document.getKey())).as(AGAIN).isEqualTo(document.getValue());
    }
    try (var there = Files.list(DOCS.resolve("schemas"))) {
      assertThat(there.toList()).as(AGAIN).isSubsetOf(generated.keySet());
    }
  }

  @Test
  void shouldReferOnlyToWhatIsInTheDocument() throws Exception {
    JsonNode document = AsyncApi.document(CATALOGUE);
    var references = new TreeSet<String>();
    document.findValuesAsText("$ref").forEach(references::add);
    assertThat(references)
        .hasSizeGreaterThan(100)
        .allSatisfy(reference -> {
          JsonNode at = document;
          for (String step : List.of(reference.substring(2).split("/"))) {
            at = at.path(step);
          }
          assertThat(at.isMissingNode()).as(reference).isFalse();
        });
  }

  /** The two readings of a field, by the catalogue and by its schema, are one. */
  @ParameterizedTest
  @MethodSource("events")
  void shouldHoldPayloadsToTheSameWhetherByCatalogueOrBySchema(EventType event) throws Exception {
    Schema schema = schema(event);
    ObjectNode whole = JSON.createObjectNode();
    event.fields().forEach(field -> whole.set(field.name(), sample(field)));
    assertThat(event.problems(whole)).isEmpty();
    assertThat(validate(schema, whole)).isEmpty();
    if (event.example() != null) {
      assertThat(validate(schema, event.example())).isEmpty();
    }
    for (Field field : event.fields()) {
      for (JsonNode other : others(field)) {
        ObjectNode changed = whole.deepCopy();
        changed.set(field.name(), other);
        assertThat(validate(schema, changed).isEmpty())
            .as("%s = %s", field.name(), other)
            .isEqualTo(event.problems(changed).isEmpty());
      }
      ObjectNode without = whole.deepCopy();
      without.remove(field.name());
      assertThat(validate(schema, without).isEmpty())
          .as("without %s", field.name())
          .isEqualTo(event.problems(without).isEmpty());
    }
  }

  @Test
  void shouldDescribeTheEnvelopeThatIsWritten() throws Exception {
    var details = EnvelopeDetails.traced("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    UUID id = UUID.randomUUID();
    var envelope =
        new Envelope(
            id,
            "t",
            Instant.now(),
            "s",
            "default",
            id,
            id,
            id,
            "k",
            JSON.createObjectNode(),
            details);
    Schema schema = schema(JsonSchemas.envelope());
    assertThat(validate(schema, JSON.readTree(envelope.toJson()))).isEmpty();
    assertThat(validate(schema, JSON.readTree("{\"event_id\":\"1\"}"))).isNotEmpty();
  }

  private static Schema schema(EventType event) {
    return schema(JsonSchemas.document(event.type(), JsonSchemas.payload(event)));
  }

  private static Schema schema(ObjectNode document) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(document);
  }

  private static List<Error> validate(Schema schema, JsonNode payload) {
    return schema.validate(
        payload,
        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
  }

  private static JsonNode sample(Field field) {
    var make = JsonNodeFactory.instance;
    List<String> values = field.values();
    if (values != null) {
      return make.textNode(values.getFirst());
    }
    double number = Math.max(field.min() == null ? 0 : field.min(), 0);
    return switch (field.type()) {
      case ANY -> make.arrayNode().add(1);
      case ARRAY -> make.arrayNode();
      case BOOLEAN -> make.booleanNode(true);
      case HASH -> make.textNode("ab".repeat(32));
      case INTEGER -> make.numberNode((long) number);
      case NUMBER -> make.numberNode(number);
      case OBJECT -> make.objectNode().put("a", 1);
      case STRING -> make.textNode("");
      case TIMESTAMP -> make.textNode("2026-11-21T12:00:00.123456Z");
      case UUID -> make.textNode("01890000-0000-7000-8000-000000000001");
    };
  }

  private static Set<JsonNode> others(Field field) {
    var make = JsonNodeFactory.instance;
    double past = field.max() == null ? 1e12 : field.max() + 1;
    double below = field.min() == null ? -1e12 : field.min() - 1;
    return Set.of(
        make.nullNode(),
        make.booleanNode(false),
        make.textNode("AB".repeat(32)),
        make.textNode("2026-13-21T12:00:00Z"),
        make.textNode("01890000-0000-7000-8000-00000000000"),
        make.numberNode(past),
        make.numberNode(below),
        make.numberNode((long) below),
        make.numberNode(0.5),
        make.objectNode(),
        make.arrayNode().add("x"),
        make.arrayNode().add(1).add("x"),
        make.arrayNode().add(make.objectNode()));
  }
}
