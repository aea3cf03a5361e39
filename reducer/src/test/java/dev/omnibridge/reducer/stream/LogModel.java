// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.api.log.v1.BridgeStateRow;
import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.GetWorkflowStatesRequest;
import dev.omnibridge.api.log.v1.GetWorkflowStatesResponse;
import dev.omnibridge.api.log.v1.IndexServiceGrpc;
import dev.omnibridge.api.log.v1.ListBridgeStatesRequest;
import dev.omnibridge.api.log.v1.ListBridgeStatesResponse;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.PositionMove;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.api.log.v1.ReadStreamResponse;
import dev.omnibridge.api.log.v1.StateRow;
import dev.omnibridge.api.log.v1.TransitionRow;
import dev.omnibridge.api.log.v1.WorkflowStateRow;
import dev.omnibridge.reducer.fold.Heard;
import dev.omnibridge.reducer.fold.StreamKey;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The log as the reducer sees it, in memory, failing exactly as it is told to. */
public final class LogModel {
  private static final int PAGE = 3;

  final Map<ConsumerPartition, Long> positions = new HashMap<>();
  public final NavigableMap<String, BridgeStateRow> bridges = new TreeMap<>();
  public final Map<String, WorkflowStateRow> views = new HashMap<>();
  public final Map<String, TransitionRow> transitions = new TreeMap<>();
  final List<DeadLetter> deadLetters = new ArrayList<>();
  final List<NewEvent> published = new ArrayList<>();
  final Map<StreamName, List<Heard>> streams = new HashMap<>();
  final Deque<Consumer<Runnable>> troubles = new ArrayDeque<>();
  int appends;
  int largest;

  /** No state can be read. */
  public volatile boolean unreadable;

  /** The first events of every stream are gone. */
  public volatile boolean expired;

  /** The next append is refused, and nothing of it is written. */
  void refuseNext(Fault fault) {
    troubles.add(_ -> {
      throw fault;
    });
  }

  /** The next append is written, and its answer is lost. */
  void loseNextAnswer() {
    troubles.add(write -> {
      write.run();
      throw Fault.unavailable("ANSWER_LOST", "The answer was lost.", null);
    });
  }

  /** The stream has this event now. */
  public void record(Heard event) {
    streams.computeIfAbsent(name(event.stream()), _ -> new ArrayList<>()).add(event);
  }

  /** Version of a stream. */
  public long recorded(StreamKey stream) {
    return streams.getOrDefault(name(stream), List.of()).size();
  }

  private static StreamName name(StreamKey stream) {
    return StreamName.newBuilder()
        .setKind(stream.kind())
        .setNamespace(stream.namespace())
        .setId(stream.id())
        .build();
  }

  private synchronized void append(AppendRequest request) {
    appends++;
    largest = Math.max(largest, request.getSerializedSize());
    Consumer<Runnable> trouble = troubles.poll();
    if (trouble == null) {
      write(request);
    } else {
      trouble.accept(() -> write(request));
    }
  }

  private void write(AppendRequest request) {
    request.getPositionsList().forEach(this::check);
    request.getRowsList().forEach(this::check);
    request
        .getPositionsList()
        .forEach(move -> positions.put(move.getPartition(), move.getNextOffset()));
    request.getRowsList().forEach(this::put);
    deadLetters.addAll(request.getDeadLettersList());
    request.getAppendsList().forEach(append -> published.addAll(append.getEventsList()));
  }

  private void check(PositionMove move) {
    if (positions.getOrDefault(move.getPartition(), -1L) != move.getExpectedOffset()) {
      throw Fault.of(Kind.CONFLICT, "POSITION_MOVED", "The position has moved.");
    }
  }

  private void check(StateRow row) {
    if (row.hasBridgeState()) {
      BridgeStateRow stored = bridges.get(row.getBridgeState().getNamespace());
      long version = stored == null ? 0 : stored.getVersion();
      if (row.getBridgeState().getVersion() != version + 1) {
        throw conflict(row.getBridgeState().getNamespace());
      }
    }
    if (row.hasWorkflowState()) {
      WorkflowStateRow stored = views.get(row.getWorkflowState().getRunId());
      if (stored != null && stored.getVersion() >= row.getWorkflowState().getVersion()) {
        throw conflict(row.getWorkflowState().getNamespace());
      }
    }
  }

  static Fault conflict(String namespace) {
    return Fault.of(Kind.CONFLICT, "ROW_CONFLICT", "The row has another version.")
        .with("namespace", namespace);
  }

  private void put(StateRow row) {
    switch (row.getRowCase()) {
      case BRIDGE_STATE -> bridges.put(row.getBridgeState().getNamespace(), row.getBridgeState());
      case WORKFLOW_STATE -> views.put(row.getWorkflowState().getRunId(), row.getWorkflowState());
      case TRANSITION -> {
        var transition = row.getTransition();
        transitions.put(transition.getEntityId() + "@" + transition.getVersion(), transition);
      }
      default -> throw new IllegalArgumentException("Not a row of the reducer: " + row);
    }
  }

  private synchronized ReadStreamResponse read(ReadStreamRequest request) {
    if (expired) {
      throw Fault.notFound("EVENTS_EXPIRED", "The events are older than the log keeps them.");
    }
    List<Heard> events = streams.get(request.getStream());
    if (events == null) {
      throw Fault.notFound("STREAM_NOT_FOUND", "There is no such stream.");
    }
    var page = ReadStreamResponse.newBuilder().setHeadVersion(events.size());
    events.stream()
        .filter(event -> event.version() > request.getAfterVersion())
        .limit(PAGE)
        .forEach(event -> page.addEvents(recorded(event)));
    return page.build();
  }

  private static RecordedEvent recorded(Heard event) {
    return RecordedEvent.newBuilder()
        .setStream(name(event.stream()))
        .setVersion(event.version())
        .setType(Records.type(event.fact()))
        .setBody(ByteString.copyFrom(Records.body(event)))
        .build();
  }

  public LogServiceGrpc.LogServiceImplBase logService() {
    return new LogServiceGrpc.LogServiceImplBase() {
      @Override
      public void append(AppendRequest request, StreamObserver<AppendResponse> out) {
        LogModel.this.append(request);
        answer(out, AppendResponse.getDefaultInstance());
      }

      @Override
      public void readStream(ReadStreamRequest request, StreamObserver<ReadStreamResponse> out) {
        answer(out, read(request));
      }
    };
  }

  public IndexServiceGrpc.IndexServiceImplBase indexService() {
    return new IndexServiceGrpc.IndexServiceImplBase() {
      @Override
      public void getWorkflowStates(
          GetWorkflowStatesRequest request, StreamObserver<GetWorkflowStatesResponse> out) {
        answer(out, states(request));
      }

      @Override
      public void listBridgeStates(
          ListBridgeStatesRequest request, StreamObserver<ListBridgeStatesResponse> out) {
        answer(out, bridges(request));
      }
    };
  }

  private synchronized GetWorkflowStatesResponse states(GetWorkflowStatesRequest request) {
    if (unreadable) {
      throw Fault.of(Kind.BROKEN, "UNREADABLE", "The states cannot be read.");
    }
    var found = GetWorkflowStatesResponse.newBuilder();
    for (String id : request.getRunIdsList()) {
      WorkflowStateRow row = views.get(id);
      if (row != null) {
        found.addStates(row);
        transitions.values().stream()
            .filter(transition -> transition.getEntityId().equals(id))
            .forEach(found::addTransitions);
      }
    }
    return found.build();
  }

  /** The page token is the namespace that the page before ended with. */
  private synchronized ListBridgeStatesResponse bridges(ListBridgeStatesRequest request) {
    var found = ListBridgeStatesResponse.newBuilder();
    int size = request.getPageSize() == 0 ? 100 : request.getPageSize();
    bridges.tailMap(request.getPageToken(), false).values().stream()
        .filter(row -> List.of("", row.getNamespace()).contains(request.getNamespace()))
        .limit(size)
        .forEach(found::addStates);
    if (found.getStatesCount() == size) {
      found.setNextPageToken(found.getStates(size - 1).getNamespace());
    }
    return found.build();
  }

  private static <R> void answer(StreamObserver<R> out, R reply) {
    out.onNext(reply);
    out.onCompleted();
  }
}
