// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import dev.omnibridge.api.intelligence.v1.AnalyzeTreeRequest;
import dev.omnibridge.api.intelligence.v1.AnalyzeTreeResponse;
import dev.omnibridge.api.intelligence.v1.TreeEntry;
import dev.omnibridge.api.intelligence.v1.TreeHeader;
import dev.omnibridge.intelligence.analysis.Sample;
import dev.omnibridge.intelligence.store.ContentSource;
import dev.omnibridge.intelligence.store.TreeStore;
import dev.omnibridge.intelligence.tree.FileFacts;
import dev.omnibridge.intelligence.tree.Node;
import dev.omnibridge.intelligence.tree.TreeBuilder;
import dev.omnibridge.intelligence.tree.TreeFile;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Replies;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One project that is streamed in. The client may send the next part only when the last one is
 * analysed; of a file only what the tree keeps stays. A client that pauses too long is given up.
 */
final class TreeIntake implements StreamObserver<AnalyzeTreeRequest> {
  private static final Duration IDLE = Duration.ofSeconds(30);
  private static final Duration READ_LIMIT = Duration.ofSeconds(10);
  private static final long MOST_CONTENT = 256L << 20;
  private static final int READ_OF_EACH = 64 * 1024;

  private final Context context;
  private final ServerCallStreamObserver<AnalyzeTreeResponse> out;
  private final Means means;
  private final Runnable atEnd;
  private final CallScope scope = CallScope.current();
  private final long started = System.nanoTime();
  private final TreeBuilder builder = new TreeBuilder();
  private Future<?> work = Future.succeededFuture();
  private @Nullable TreeHeader header;
  private long held;
  private long contentBytes;
  private long unread;
  private boolean ended;
  private long timer;

  /** What an intake works with. */
  record Means(Work work, ContentSource contents, TreeStore trees, TreeRoom room) {}

  private TreeIntake(
      Context context,
      ServerCallStreamObserver<AnalyzeTreeResponse> out,
      Means means,
      Runnable atEnd) {
    this.context = context;
    this.out = out;
    this.means = means;
    this.atEnd = atEnd;
  }

  static StreamObserver<AnalyzeTreeRequest> begin(
      Context context,
      ServerCallStreamObserver<AnalyzeTreeResponse> out,
      Means means,
      Runnable atEnd) {
    out.disableAutoRequest();
    var intake = new TreeIntake(context, out, means, atEnd);
    context.runOnContext(_ -> intake.next());
    return intake;
  }

  @Override
  public void onNext(AnalyzeTreeRequest message) {
    context.runOnContext(_ -> take(message));
  }

  @Override
  public void onError(Throwable clientGone) {
    context.runOnContext(_ -> end());
  }

  @Override
  public void onCompleted() {
    context.runOnContext(_ -> work.onComplete(_ -> finish()));
  }

  private void next() {
    if (!ended) {
      await();
      out.request(1);
    }
  }

  private void await() {
    timer = context.owner().setTimer(IDLE.toMillis(), _ -> missMessage());
  }

  private void missMessage() {
    if (scope.receiving()) {
      await();
    } else {
      fail(idle());
    }
  }

  private void take(AnalyzeTreeRequest message) {
    context.owner().cancelTimer(timer);
    if (ended) {
      return;
    }
    // What compose gives would keep the entries until the next message.
    work =
        (message.hasHeader()
                ? head(message.getHeader())
                : add(message.getEntries().getEntriesList()))
            .mapEmpty()
            .onSuccess(_ -> next())
            .onFailure(this::fail);
  }

  private Future<?> head(TreeHeader first) {
    if (header != null) {
      return Future.failedFuture(
          Fault.invalidField("TREE_HEADER_REPEATED", "header", "The header is sent once, first."));
    }
    header = first;
    return Future.succeededFuture();
  }

  private Future<?> add(List<TreeEntry> entries) {
    Fault refused = header == null ? headerMissing() : problem(entries);
    if (refused != null) {
      return Future.failedFuture(refused);
    }
    return Steps.run(entries.size(), at -> add(entries.get(at)));
  }

  /** Of the content, which may have been read from the store, nothing stays for the next. */
  private Future<?> add(TreeEntry entry) {
    return sample(entry)
        .compose(sample -> means.work().run(() -> file(entry, sample), scope))
        .compose(this::keep);
  }

  /** Only while there is room for it. */
  private Future<?> keep(TreeFile file) {
    if (ended) {
      return Future.succeededFuture();
    }
    builder.add(file);
    long more = builder.bytes() - held;
    held += more;
    Fault full = means.room().take(more, held);
    return full == null ? Future.succeededFuture() : Future.failedFuture(full);
  }

  private static Fault headerMissing() {
    return Fault.invalidField("TREE_HEADER_MISSING", "header", "The header comes first.");
  }

  private @Nullable Fault problem(List<TreeEntry> entries) {
    for (TreeEntry entry : entries) {
      String wrong = TreeBuilder.problem(entry.getPath());
      if (!wrong.isEmpty()) {
        return Fault.invalidField(
                "TREE_PATH_INVALID",
                "entries.path",
                "The path %s cannot be used: %s.".formatted(entry.getPath(), wrong))
            .with("path", entry.getPath());
      }
      contentBytes += entry.getContent().size();
    }
    if (builder.size() + entries.size() > TreeBuilder.MOST_FILES) {
      return tooLarge("%,d files".formatted(TreeBuilder.MOST_FILES));
    }
    return contentBytes > MOST_CONTENT ? tooLarge("256 MiB of content") : null;
  }

  static Fault tooLarge(String limit) {
    return Fault.invalid(
        "TREE_TOO_LARGE", "A tree has at most %s; analyse a part of it.".formatted(limit));
  }

  /** Null for what has no content here: its node is made of its path alone. */
  private Future<@Nullable Sample> sample(TreeEntry entry) {
    byte[] content = entry.getContent().toByteArray();
    if (content.length > 0 || entry.getContentHash().isEmpty()) {
      boolean none = content.length == 0 && entry.getSize() > 0;
      return Future.succeededFuture(
          none
              ? null
              : new Sample(content, Math.max(entry.getSize(), content.length), entry.getPath()));
    }
    long claimed = Math.min(entry.getSize(), READ_OF_EACH);
    contentBytes += claimed;
    return means
        .contents()
        .read(entry.getContentHash(), entry.getPath(), scope, scope.within(READ_LIMIT))
        .onSuccess(sample -> contentBytes += Math.max(0, sample.bytes().length - claimed))
        .recover(failure -> {
          if (Statuses.faultOf(failure).kind() != Kind.NOT_FOUND) {
            return Future.failedFuture(failure);
          }
          unread++;
          return Future.succeededFuture();
        });
  }

  private TreeFile file(TreeEntry entry, @Nullable Sample sample) {
    long modified =
        entry.hasLastModified()
            ? entry.getLastModified().getSeconds() * 1000
                + entry.getLastModified().getNanos() / 1_000_000
            : Node.UNKNOWN_TIME;
    return new TreeFile(entry.getPath(), entry.getSize(), modified, facts(sample));
  }

  private FileFacts facts(@Nullable Sample sample) {
    return sample == null
        ? FileFacts.NONE
        : FileFacts.of(means.work().analyzer().analyze(sample, true), sample.text());
  }

  private void finish() {
    context.owner().cancelTimer(timer);
    TreeHeader first = header;
    if (ended) {
      return;
    }
    if (first == null) {
      fail(headerMissing());
      return;
    }
    means
        .trees()
        .save(() -> builder.build(first.getProjectRoot()), scope)
        .map(this::answer)
        .onSuccess(this::answer)
        .onFailure(this::fail);
  }

  private AnalyzeTreeResponse answer(TreeStore.Saved tree) {
    return AnalyzeTreeResponse.newBuilder()
        .setTreeId(tree.id())
        .setStatistics(TreeMessages.of(tree.statistics()))
        .setUnreadContents(unread)
        .setAnalysisNanos(System.nanoTime() - started)
        .build();
  }

  private void answer(AnalyzeTreeResponse response) {
    if (end() && !scope.cancelled()) {
      out.onNext(response);
      out.onCompleted();
    }
  }

  private void fail(Throwable failure) {
    if (end() && !scope.cancelled()) {
      Replies.fail(out, failure);
    }
  }

  /** True the first time: there is one answer. */
  private boolean end() {
    context.owner().cancelTimer(timer);
    boolean first = !ended;
    ended = true;
    if (first) {
      means.room().give(held);
      atEnd.run();
    }
    return first;
  }

  private static Fault idle() {
    return Fault.of(
        Kind.TIMEOUT,
        "TREE_IDLE",
        "The tree's files paused for more than %d s.".formatted(IDLE.toSeconds()));
  }
}
