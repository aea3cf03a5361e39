// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.thisptr.jackson.jq.Expression;
import net.thisptr.jackson.jq.PathOutput;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.internal.misc.Pair;
import net.thisptr.jackson.jq.internal.operators.BinaryOperator;
import net.thisptr.jackson.jq.internal.operators.MultiplyOperator;
import net.thisptr.jackson.jq.internal.tree.ArrayConstruction;
import net.thisptr.jackson.jq.internal.tree.FormattingFilter;
import net.thisptr.jackson.jq.internal.tree.FunctionCall;
import net.thisptr.jackson.jq.internal.tree.FunctionDefinition;
import net.thisptr.jackson.jq.internal.tree.ImportStatement;
import net.thisptr.jackson.jq.internal.tree.ObjectConstruction;
import net.thisptr.jackson.jq.internal.tree.StringInterpolation;
import net.thisptr.jackson.jq.internal.tree.VariableAccess;
import net.thisptr.jackson.jq.internal.tree.VariableKeyFieldConstruction;
import net.thisptr.jackson.jq.internal.tree.binaryop.BinaryOperatorExpression;
import net.thisptr.jackson.jq.internal.tree.fieldaccess.BracketFieldAccess;
import net.thisptr.jackson.jq.internal.tree.literal.ValueLiteral;
import net.thisptr.jackson.jq.internal.tree.matcher.matchers.ObjectMatcher;
import net.thisptr.jackson.jq.internal.tree.matcher.matchers.ValueMatcher;
import net.thisptr.jackson.jq.path.Path;
import org.jspecify.annotations.Nullable;

/**
 * One node of a compiled jq program that charges the {@link Meter} for everything it emits.
 *
 * <p>jackson-jq can neither be interrupted nor limited, resolves names only while it runs, and
 * keeps its tree to itself. So the tree is visited once, by reflection, right after the
 * compilation: every child expression gets a meter in front of it, and the names it calls and reads
 * are collected. The version of jackson-jq is pinned, and JqEngineTest fails if its tree changes
 * shape.
 */
final class Metered implements Expression {
  static final ScopedValue<Meter> METER = ScopedValue.newInstance();
  private static final String LIBRARY = "net.thisptr.jackson.jq.internal.";

  private final Expression node;
  private final boolean makesValues;
  private final boolean isIndex;

  private Metered(Expression node, boolean isIndex) {
    this.node = node;
    this.isIndex = isIndex;
    makesValues =
        switch (node) {
          case ArrayConstruction _, ObjectConstruction _, StringInterpolation _ -> true;
          case BinaryOperatorExpression _, FunctionCall _, FormattingFilter _ -> true;
          default -> false;
        };
  }

  @Override
  public void apply(Scope scope, JsonNode in, Path path, PathOutput output, boolean requirePath)
      throws JsonQueryException {
    Meter meter = METER.get();
    meter.step();
    PathOutput metered =
        (value, at) -> {
          meter.step();
          if (makesValues) {
            meter.measure(value);
          }
          if (isIndex) {
            Guards.checkIndex(value);
          }
          output.emit(value, at);
        };
    node.apply(scope, in, path, metered, requirePath);
  }

  /** The names a program uses: functions as name/arity, variables without the dollar sign. */
  record Names(Set<String> called, Set<String> defined, Set<String> read, Set<String> bound) {
    Names() {
      this(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    }
  }

  /** Puts meters into everything reachable from the given node and returns the names it uses. */
  static Names install(Object root) {
    Names names = new Names();
    visit(root, names, Collections.newSetFromMap(new IdentityHashMap<>()));
    return names;
  }

  private static void visit(Object node, Names names, Set<Object> seen) {
    if (node instanceof Metered || !seen.add(node)) {
      return;
    }
    note(node, names);
    for (Class<?> type = node.getClass(); type != null; type = type.getSuperclass()) {
      if (type.getName().startsWith(LIBRARY) || type.getName().endsWith(".JsonQuery")) {
        for (Field field : type.getDeclaredFields()) {
          visitField(node, field, names, seen);
        }
      }
    }
  }

  private static void visitField(Object node, Field field, Names names, Set<Object> seen) {
    if (Modifier.isStatic(field.getModifiers()) || Scope.class == field.getType()) {
      return;
    }
    Object value = read(node, field);
    if (value instanceof List<?> list) {
      write(node, field, list.stream().map(item -> child(item, names, seen)).toList());
    } else if (value instanceof MultiplyOperator operator) {
      write(node, field, new Multiplication(operator));
    } else if (value != null) {
      Object child =
          switch (node) {
            case BracketFieldAccess _ -> indexed(value, field, names, seen);
            case ArrayConstruction _ -> new Items((Expression) child(value, names, seen));
            default -> child(value, names, seen);
          };
      if (child != value && field.getType() == Expression.class) {
        write(node, field, child);
      }
    }
  }

  private static Object indexed(Object value, Field field, Names names, Set<Object> seen) {
    Object child = child(value, names, seen);
    return child instanceof Expression index && !field.getName().equals("target")
        ? new Metered(index, true)
        : child;
  }

  /**
   * What makes the items of one array. They are in memory together long before the array is, and
   * are refused together as soon as the array would be.
   */
  private record Items(Expression made) implements Expression {
    @Override
    public void apply(Scope scope, JsonNode in, Path path, PathOutput output, boolean requirePath)
        throws JsonQueryException {
      Meter meter = METER.get();
      long[] size = {2};
      PathOutput summed =
          (value, at) -> {
            size[0] = meter.grown(size[0] + 1, value);
            output.emit(value, at);
          };
      made.apply(scope, in, path, summed, requirePath);
    }
  }

  /** A text times a number, checked before it is made. */
  private record Multiplication(BinaryOperator operator) implements BinaryOperator {
    @Override
    public JsonNode apply(ObjectMapper mapper, JsonNode left, JsonNode right)
        throws JsonQueryException {
      Guards.checkRepetition(left, right);
      return operator.apply(mapper, left, right);
    }

    @Override
    public String image() {
      return operator.image();
    }
  }

  /** Visits a child; an expression comes back with its meter in front. */
  private static Object child(Object value, Names names, Set<Object> seen) {
    if (value instanceof Metered || !value.getClass().getName().startsWith(LIBRARY)) {
      return value;
    }
    if (value.getClass().getName().endsWith(".misc.Pair")) {
      return pair(value, names, seen);
    }
    visit(value, names, seen);
    return value instanceof Expression made && !(made instanceof ValueLiteral)
        ? new Metered(made, false)
        : value;
  }

  private static Object pair(Object value, Names names, Set<Object> seen) {
    Pair<?, ?> pair = (Pair<?, ?>) value;
    return Pair.of(child(pair._1, names, seen), child(pair._2, names, seen));
  }

  private static void note(Object node, Names names) {
    switch (node) {
      case FunctionCall _ -> names.called.add(text(node, "name") + "/" + list(node, "args").size());
      case FormattingFilter _ -> names.called.add("@" + text(node, "name") + "/0");
      case ImportStatement _ -> names.called.add("import/0");
      case FunctionDefinition definition -> noteDefinition(definition, names);
      case VariableAccess _ -> names.read.add(text(node, "name"));
      case VariableKeyFieldConstruction _ -> names.read.add(text(node, "name"));
      case ValueMatcher _ -> names.bound.add(text(node, "name"));
      case ObjectMatcher.FieldMatcher matcher -> names.bound.add(literal(read(matcher, "name")));
      default -> {}
    }
  }

  private static void noteDefinition(FunctionDefinition node, Names names) {
    List<?> parameters = list(node, "args");
    names.defined.add(text(node, "fname") + "/" + parameters.size());
    for (Object parameter : parameters) {
      String name = parameter.toString().replace("$", "");
      names.defined.add(name + "/0");
      names.bound.add(name);
    }
  }

  private static String literal(@Nullable Object expression) {
    return expression instanceof ValueLiteral literal
        ? String.valueOf(read(literal, "value")).replace("\"", "")
        : "";
  }

  private static String text(Object node, String field) {
    return String.valueOf(read(node, field)).replace("$", "");
  }

  private static List<?> list(Object node, String field) {
    return read(node, field) instanceof List<?> list ? list : List.of();
  }

  private static @Nullable Object read(Object node, String name) {
    for (Class<?> type = node.getClass(); type != Object.class; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          return read(node, field);
        }
      }
    }
    throw new IllegalStateException("jackson-jq has changed: no field " + name + " in " + node);
  }

  private static @Nullable Object read(Object node, Field field) {
    try {
      field.setAccessible(true);
      return field.get(node);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("jackson-jq has changed: " + field, e);
    }
  }

  private static void write(Object node, Field field, Object value) {
    try {
      field.set(node, value);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("jackson-jq has changed: " + field, e);
    }
  }
}
