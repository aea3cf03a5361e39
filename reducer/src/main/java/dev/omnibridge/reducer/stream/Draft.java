// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.reducer.fold.BridgeState;
import dev.omnibridge.reducer.fold.Change.Added;
import dev.omnibridge.reducer.fold.Heard;
import dev.omnibridge.reducer.fold.Intent.Anomaly;
import dev.omnibridge.reducer.fold.Intent.Transition;
import dev.omnibridge.reducer.fold.Rules;
import dev.omnibridge.reducer.fold.StreamKey;
import dev.omnibridge.reducer.fold.StreamView;
import dev.omnibridge.reducer.fold.Tally;
import dev.omnibridge.reducer.fold.Verdict;
import dev.omnibridge.reducer.fold.Verdict.Folded;
import dev.omnibridge.reducer.fold.Verdict.Gap;
import dev.omnibridge.reducer.fold.Verdict.Repeated;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one append is going to hold, growing event by event until it is full. Its limits keep the
 * append within a gRPC message and within the rows of one transaction.
 */
final class Draft {
  private static final int MOST_ROWS = 4_000;
  private static final int MOST_NAMESPACES = 500;
  private static final int MOST_DEAD_LETTERS = 500;
  private static final long MOST_BYTES = 2 << 20;

  /** With letters, each of which is at most as large; 1 MiB less than a message. */
  static final long MOST_BYTES_WITH_LETTERS = 3 << 20;

  /** Besides what the row is about, of which a character has at most three bytes. */
  private static final long BYTES_OF_ROW = 320;

  private static final long BYTES_OF_BRIDGE = 4 << 10;

  /** Besides its name, which is of ASCII. */
  private static final long BYTES_OF_FILE_TYPE = 24;

  private static final long BYTES_OF_WINDOW = 160;

  private final Known known;
  private final Map<StreamKey, StreamView> views = new LinkedHashMap<>();
  private final Map<String, List<Tally>> tallies = new LinkedHashMap<>();
  private final List<Transition> transitions = new ArrayList<>();
  private final List<Anomaly> anomalies = new ArrayList<>();
  private final List<DeadLetter> deadLetters = new ArrayList<>();
  private long bytes;

  Draft(Known known) {
    this.known = known;
  }

  /** False when events of the namespace have to wait for the next append. */
  boolean knows(String namespace) {
    return known.knows(namespace);
  }

  /** Version of a stream as this draft has it. */
  long version(StreamKey stream) {
    return view(stream).version();
  }

  private StreamView view(StreamKey stream) {
    StreamView drafted = views.get(stream);
    return drafted == null ? known.view(stream) : drafted;
  }

  /** Folds an event; false when events before it have to be folded first. */
  boolean fold(Heard event) {
    Verdict verdict = Rules.reduce(view(event.stream()), event);
    return switch (verdict) {
      case Folded folded -> {
        keep(event.stream(), folded);
        yield true;
      }
      case Repeated _ -> true;
      case Gap _ -> false;
    };
  }

  private void keep(StreamKey stream, Folded folded) {
    long row = BYTES_OF_ROW + stream.namespace().length() + 3L * stream.id().length();
    bytes += views.put(stream, folded.view()) == null ? row : 0;
    tallies.computeIfAbsent(stream.namespace(), this::touch).add(folded.tally());
    if (folded.tally().change() instanceof Added(long _, String type)) {
      bytes += bytes(type);
    }
    for (var intent : folded.intents()) {
      switch (intent) {
        case Transition transition -> {
          transitions.add(transition);
          bytes += row;
        }
        case Anomaly anomaly -> anomalies.add(anomaly);
      }
    }
  }

  private List<Tally> touch(String namespace) {
    BridgeState bridge = known.bridge(namespace);
    bytes += BYTES_OF_BRIDGE;
    bytes += bridge.fileTypes().keySet().stream().mapToLong(Draft::bytes).sum();
    bytes += BYTES_OF_WINDOW * bridge.windows().shape().most();
    return new ArrayList<>();
  }

  private static long bytes(String fileType) {
    return BYTES_OF_FILE_TYPE + fileType.length();
  }

  /** Takes a letter; false when it has to wait for the next append, which has room for it. */
  boolean bury(DeadLetter letter) {
    int size = letter.getSerializedSize();
    if (bytes > 0 && bytes + size > MOST_BYTES_WITH_LETTERS) {
      return false;
    }
    deadLetters.add(letter);
    bytes += size;
    return true;
  }

  /** True when nothing more should be put in. */
  boolean full() {
    return bytes >= MOST_BYTES
        || views.size() + transitions.size() >= MOST_ROWS
        || tallies.size() >= MOST_NAMESPACES
        || deadLetters.size() >= MOST_DEAD_LETTERS;
  }

  /** The views that changed. */
  Map<StreamKey, StreamView> views() {
    return views;
  }

  /** Events folded for a namespace. */
  int events(String namespace) {
    return tallies.getOrDefault(namespace, List.of()).size();
  }

  List<Transition> transitions() {
    return transitions;
  }

  List<Anomaly> anomalies() {
    return anomalies;
  }

  List<DeadLetter> deadLetters() {
    return deadLetters;
  }

  /** The next states of the namespaces that changed. */
  Map<String, BridgeState> bridges() {
    var next = new HashMap<String, BridgeState>();
    tallies.forEach((namespace, list) -> next.put(namespace, known.bridge(namespace).after(list)));
    return next;
  }
}
