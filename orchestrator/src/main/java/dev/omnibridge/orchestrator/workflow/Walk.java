// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.orchestrator.definition.Block;
import dev.omnibridge.orchestrator.definition.Definition;
import dev.omnibridge.orchestrator.definition.Flow;
import dev.omnibridge.orchestrator.definition.Head;
import dev.omnibridge.orchestrator.definition.Task;
import dev.omnibridge.orchestrator.workflow.Evaluator.Site;
import dev.omnibridge.orchestrator.workflow.Frame.Cursor;
import dev.omnibridge.orchestrator.workflow.Frame.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Walks a run from one call to the next through the steps that have no side effect. Made for one
 * decision and then thrown away; what it found is a {@link Progress} and perhaps an end.
 */
final class Walk {
  private static final int MAX_PASSED = 50;
  private static final int MAX_DEPTH = 64;

  private final Definition definition;
  private final Run run;
  private final Position start;
  private final Limits limits;
  private final Instant at;
  private final Evaluator evaluator;
  private final Catching catching;

  private final List<Frame> frames;
  private final List<Event.EventEmitted> emitted = new ArrayList<>();
  private final List<String> passed = new ArrayList<>();
  private JsonNode data;
  private JsonNode context;
  private int steps;
  private @Nullable Next next;
  private @Nullable End end;

  Walk(Definition definition, Run run, Position start, Limits limits, Instant at, double jitter) {
    this.definition = definition;
    this.run = run;
    this.start = start;
    this.limits = limits;
    this.at = at;
    this.evaluator = new Evaluator(definition, run, at, limits);
    this.catching = new Catching(definition, evaluator, at, jitter);
    this.frames = new ArrayList<>(start.frames());
    this.data = start.data();
    this.context = start.context();
  }

  /** How a run ends. */
  sealed interface End {
    /** With a result. */
    record Result(JsonNode output) implements End {}

    /** With an error. */
    record Fault(WorkflowError error) implements End {}
  }

  /** What a walk found; end is null while the run goes on. */
  record Found(Progress progress, List<Event.EventEmitted> emitted, @Nullable End end) {}

  /** From the beginning of the definition; what is wrong with the input is raised, not handled. */
  Found begin() throws Raised {
    JsonNode given = evaluator.small(run.input(), "");
    JsonNode input = evaluator.in(definition.input(), given, workflow(given));
    frames.add(new Frame(new Entry.Sequence(Definition.ROOT, input), Cursor.START));
    data = input;
    return go();
  }

  /** From where the run is. */
  Found resume() {
    return go();
  }

  /** After a call, with its result. */
  Found completed(PendingCall call, JsonNode output) {
    Task task = definition.task(call.pointer());
    try {
      finish(
          task.head(), call.input(), evaluator.small(output, call.pointer()), task.head().then());
    } catch (Raised raised) {
      apply(handling(raised.error()));
    }
    return go();
  }

  Handling handling(WorkflowError error) {
    return catching.handling(error, frames, context);
  }

  /** After an error, as the tries around it want it. */
  Found handled(Handling handling) {
    apply(handling);
    return go();
  }

  private void apply(Handling handling) {
    switch (handling) {
      case Handling.Again(int depth, Instant due) -> {
        Frame tried = frames.get(depth);
        leaveDownTo(depth);
        frames.add(tried.at(tried.cursor().nextRound()));
        data = tried.entry().input();
        next = due.isAfter(at) ? new Next.Rest(due) : null;
      }
      case Handling.Handled(int depth, WorkflowError error, _) -> handle(depth, error);
      case Handling.Uncaught(WorkflowError error) -> end = new End.Fault(error);
    }
  }

  private void handle(int depth, WorkflowError error) {
    Entry tried = frames.get(depth).entry();
    Task.Try task = (Task.Try) definition.owner(tried.block());
    Block body = task.handler().body();
    leaveDownTo(depth);
    data = tried.input();
    if (body != null) {
      frames.add(new Frame(new Entry.Handler(body.pointer(), tried.input(), error), Cursor.START));
      return;
    }
    try {
      finish(task.head(), tried.input(), data, task.head().then());
    } catch (Raised raised) {
      apply(handling(raised.error()));
    }
  }

  private void leaveDownTo(int depth) {
    frames.subList(depth, frames.size()).clear();
  }

  private Found go() {
    while (next == null && end == null) {
      if (++steps > limits.maxSteps()) {
        String block = frames.getLast().entry().block();
        end = new End.Fault(tooMany("%,d steps".formatted(limits.maxSteps()), block));
      } else {
        try {
          step();
        } catch (Raised raised) {
          apply(handling(raised.error()));
        }
      }
    }
    return found();
  }

  private static WorkflowError tooMany(String what, String pointer) {
    return WorkflowError.of(
        WorkflowError.Kind.RUNTIME, "More than %s between two calls".formatted(what), pointer);
  }

  private void step() throws Raised {
    Frame frame = frames.getLast();
    Block block = definition.block(frame.entry().block());
    if (frame.cursor().index() < block.tasks().size()) {
      enter(block.tasks().get(frame.cursor().index()));
    } else {
      leave(frame);
    }
  }

  private void enter(Task task) throws Raised {
    Head head = task.head();
    Site raw = new Site(head, frames, context, data);
    if (head.condition() != null && !evaluator.holds(head.condition(), data, raw)) {
      pass(head.pointer() + " skipped");
      go(new Flow.Continue());
      return;
    }
    JsonNode input = evaluator.in(head.input(), data, raw);
    Site site = raw.given(input);
    switch (task) {
      case Task.Set set ->
          finish(head, input, evaluator.fill(set.value(), input, site), head.then());
      case Task.Switch choice -> choose(choice, input, site);
      case Task.Do list -> descend(new Entry.Sequence(list.body().pointer(), input));
      case Task.For loop -> loop(loop, input, site);
      case Task.Try guarded -> descend(new Entry.Attempt(guarded.body().pointer(), input, at));
      case Task.Raise raise ->
          throw new Raised(
              WorkflowError.from(evaluator.fill(raise.error(), input, site)).at(head.pointer()));
      case Task.Emit emit -> emit(emit, input, site);
      case Task.Call call -> call(call, input, site);
    }
  }

  private void descend(Entry entry) throws Raised {
    if (frames.size() >= MAX_DEPTH) {
      throw Raised.of(WorkflowError.Kind.RUNTIME, "Too many lists within lists", entry.block());
    }
    frames.add(new Frame(entry, Cursor.START));
    data = entry.input();
  }

  private void choose(Task.Switch task, JsonNode input, Site site) throws Raised {
    for (Task.Case option : task.cases()) {
      if (option.when() == null || evaluator.holds(option.when(), input, site)) {
        pass(task.head().pointer() + " " + option.name());
        finish(task.head(), input, input, option.then());
        return;
      }
    }
    pass(task.head().pointer() + " no case");
    finish(task.head(), input, input, task.head().then());
  }

  private void loop(Task.For task, JsonNode input, Site site) throws Raised {
    JsonNode items = evaluator.evaluate(task.in(), input, site);
    if (!(items instanceof ArrayNode list)) {
      String detail = "%s is not an array but %s".formatted(task.in(), items.getNodeType());
      throw Raised.of(WorkflowError.Kind.EXPRESSION, detail, task.head().pointer());
    }
    descend(new Entry.Loop(task.body().pointer(), input, list));
    startRound(task, list);
  }

  /** Leaves the loop when no item is left or its condition does not hold. */
  private void startRound(Task.For task, ArrayNode items) throws Raised {
    Frame frame = frames.getLast();
    Site site = new Site(task.head(), frames, context, frame.entry().input());
    boolean more = frame.cursor().round() < items.size();
    if (!more || (task.condition() != null && !evaluator.holds(task.condition(), data, site))) {
      frames.removeLast();
      finish(task.head(), frame.entry().input(), data, task.head().then());
    }
  }

  private void emit(Task.Emit task, JsonNode input, Site site) throws Raised {
    if (emitted.size() >= limits.maxEmitted()) {
      end =
          new End.Fault(
              tooMany("%,d events".formatted(limits.maxEmitted()), task.head().pointer()));
      return;
    }
    ObjectNode event = evaluator.fill(task.event(), input, site).deepCopy();
    long number = start.emitted() + emitted.size() + 1;
    if (!event.has("id")) {
      event.put("id", run.id().value() + "-" + number);
    }
    if (!event.has("time")) {
      event.put("time", at.toString());
    }
    event.put("specversion", "1.0");
    for (String required : List.of("source", "type")) {
      if (!event.path(required).isTextual()) {
        String detail = "The event has no text as its " + required;
        throw Raised.of(WorkflowError.Kind.VALIDATION, detail, task.head().pointer());
      }
    }
    emitted.add(new Event.EventEmitted(stepOf(task.head().pointer()), event, at));
    finish(task.head(), input, event, task.head().then());
  }

  private void call(Task.Call task, JsonNode input, Site site) throws Raised {
    String pointer = task.head().pointer();
    JsonNode arguments = evaluator.fill(task.arguments(), input, site);
    next =
        new Next.Call(
            new PendingCall(
                stepOf(pointer),
                start.calls() + 1,
                1,
                pointer,
                task.function(),
                arguments,
                input,
                task.head().timeout(),
                at));
  }

  /** After a task: its output becomes the data, its export the context; then the flow goes on. */
  private void finish(Head head, JsonNode input, JsonNode raw, Flow then) throws Raised {
    Site site = new Site(head, frames, context, input);
    JsonNode output = evaluator.out(head.output(), raw, site);
    if (head.export().transform() != null || head.export().schema() != null) {
      JsonNode exported = evaluator.out(head.export(), output, site);
      context = head.export().transform() == null ? context : exported;
    }
    data = output;
    pass(head.pointer());
    go(then);
  }

  private void go(Flow flow) throws Raised {
    Frame frame = frames.getLast();
    Cursor cursor = frame.cursor();
    switch (flow) {
      case Flow.Continue _ -> move(cursor.to(cursor.index() + 1));
      case Flow.To(int index) -> move(cursor.to(index));
      case Flow.Exit _ -> move(cursor.to(definition.block(frame.entry().block()).tasks().size()));
      case Flow.End _ -> result();
    }
  }

  private void move(Cursor cursor) {
    frames.set(frames.size() - 1, frames.getLast().at(cursor));
  }

  /** At the end of a list. */
  private void leave(Frame frame) throws Raised {
    if (frame.entry() instanceof Entry.Loop loop) {
      move(frame.cursor().nextRound());
      startRound((Task.For) definition.owner(loop.block()), loop.items());
      return;
    }
    if (frames.size() == 1) {
      result();
      return;
    }
    frames.removeLast();
    Head head = definition.owner(frame.entry().block()).head();
    finish(head, frame.entry().input(), data, head.then());
  }

  private void result() {
    try {
      Site site = workflow(frames.getFirst().entry().input());
      end = new End.Result(evaluator.out(definition.output(), data, site));
    } catch (Raised raised) {
      end = new End.Fault(raised.error());
    }
  }

  private Site workflow(JsonNode input) {
    return new Site(null, List.of(), context, input);
  }

  /** The pointer with the round of every loop and the lap of every list that it goes through. */
  private String stepOf(String pointer) {
    StringBuilder step = new StringBuilder();
    int taken = 0;
    for (Frame frame : frames) {
      String block = frame.entry().block();
      int list = block.lastIndexOf('/');
      step.append(block, taken, list);
      if (frame.entry() instanceof Entry.Loop) {
        step.append('[').append(frame.cursor().round()).append(']');
      }
      step.append(block, list, block.length());
      if (frame.cursor().lap() > 0) {
        step.append('~').append(frame.cursor().lap());
      }
      taken = block.length();
    }
    return step.append(pointer, taken, pointer.length()).toString();
  }

  private void pass(String what) {
    if (passed.size() < MAX_PASSED) {
      passed.add(what);
    }
  }

  private Found found() {
    int kept = 0;
    List<Frame> before = start.frames();
    while (kept < before.size()
        && kept < frames.size()
        && before.get(kept).entry() == frames.get(kept).entry()) {
      kept++;
    }
    Cursor cursor = kept == 0 ? null : frames.get(kept - 1).cursor();
    Progress progress =
        new Progress(
            kept,
            cursor,
            List.copyOf(frames.subList(kept, frames.size())),
            data,
            context == start.context() ? null : context,
            end != null || next == null ? new Next.Nothing() : next,
            List.copyOf(passed));
    return new Found(progress, List.copyOf(emitted), end);
  }
}
