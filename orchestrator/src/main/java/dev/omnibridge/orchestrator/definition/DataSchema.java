// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.OutputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.annotation.Annotation;
import com.networknt.schema.annotation.Annotations;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Schema that a user put into a definition. All checks of a decision have one budget of
 * steps, not of time, so that the same values always get the same answer: 40 definitions of which
 * each asks twice for the next are 3 KB and 2^40 steps, a definition may well ask for itself, and a
 * loop checks ten thousand values. Not bounded: the backtracking of one pattern on one text.
 */
public final class DataSchema {
  /** Keywords that look at each of their parts without a step for it. */
  private static final Set<String> WIDE =
      Set.of("properties", "patternProperties", "required", "dependentRequired", "type");

  private final Schema schema;
  private final Map<String, Integer> widest = new HashMap<>();

  DataSchema(Schema schema) {
    this.schema = schema;
    findWidest(schema.getSchemaNode());
  }

  private void findWidest(JsonNode node) {
    for (var field : node.properties()) {
      if (WIDE.contains(field.getKey())) {
        widest.merge(field.getKey(), field.getValue().size(), Math::max);
      }
    }
    node.forEach(this::findWidest);
  }

  /** The first thing in which the value breaks the schema, as one sentence; null if it keeps it. */
  public @Nullable String violation(JsonNode value, Meter meter) {
    try {
      return errors(value, meter).stream()
          .findFirst()
          .map(error -> "%s: %s".formatted(error.getInstanceLocation(), error.getMessage()))
          .orElse(null);
    } catch (TooManySteps e) {
      return "to check this value and those before it takes more than %,d steps"
          .formatted(Meter.MAX_CHECKS);
    } catch (StackOverflowError e) {
      return "the schema asks for itself without an end, or too deep";
    } catch (RuntimeException e) {
      return "the schema cannot be applied: "
          + Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
    }
  }

  /** The first few errors. */
  List<Error> errors(JsonNode value, Meter meter) {
    return schema.validate(new Check(widest, meter), value, OutputFormat.DEFAULT);
  }

  /**
   * Charges one step for every keyword and every eight of its parts, some for an error, and more
   * for what is kept for unevaluatedProperties. Of the errors, of which every item may have many,
   * each combination keeps the first few: one is told, and of the others only whether there are any
   * is ever asked.
   */
  private static final class Check extends ExecutionContext {
    private static final int PARTS = 8;
    private static final int ERROR = 5;
    private static final int ANNOTATION = 50;
    private static final int MAX_ERRORS = 10;
    private final Annotations annotations =
        new Annotations() {
          @Override
          public void put(Annotation annotation) {
            charge(ANNOTATION);
            super.put(annotation);
          }
        };
    private final Map<String, Integer> widest;
    private final Meter meter;

    Check(Map<String, Integer> widest, Meter meter) {
      super(ExecutionConfig.getInstance());
      this.widest = widest;
      this.meter = meter;
    }

    private void charge(int cost) {
      if (!meter.check(cost)) {
        throw new TooManySteps();
      }
    }

    @Override
    public void evaluationPathAddLast(String keyword) {
      charge(1 + widest.getOrDefault(keyword, 0) / PARTS);
      super.evaluationPathAddLast(keyword);
    }

    @Override
    public void evaluationPathAddLast(int index) {
      charge(1);
      super.evaluationPathAddLast(index);
    }

    /** A keyword or a branch has ended, and may have handed on the errors of all its branches. */
    @Override
    public void evaluationPathRemoveLast() {
      super.evaluationPathRemoveLast();
      if (getErrors().size() > MAX_ERRORS) {
        getErrors().subList(MAX_ERRORS, getErrors().size()).clear();
      }
    }

    @Override
    public void addError(Error error) {
      charge(ERROR);
      if (getErrors().size() < MAX_ERRORS) {
        super.addError(error);
      }
    }

    @Override
    public Annotations getAnnotations() {
      return annotations;
    }
  }

  private static final class TooManySteps extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManySteps() {
      super("", null, false, false);
    }
  }
}
