// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import dev.omnibridge.api.log.v1.StampCheckpoint;
import dev.omnibridge.api.log.v1.StrayStamp;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.stamping.log.AuditedRange.CountedTile;
import dev.omnibridge.stamping.log.Finding.Kind;
import dev.omnibridge.stamping.log.StampLog.Head;
import dev.omnibridge.stamping.merkle.LeafTree;
import dev.omnibridge.stamping.merkle.Proofs;
import dev.omnibridge.stamping.merkle.Tile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Recomputes a log from the database, believing none of it: leaves against rows, against events
 * where that is asked for, and the tree against every checkpoint that was signed. Once for every
 * audit.
 */
public final class Audit {
  private static final int WIDTH = 512 * LeafTree.TILE;
  private static final int AT_ONCE = 3;
  private static final int MOST_CHECKPOINTS = 1000;
  private static final int MOST_FINDINGS = 100;

  /** What is audited: deep compares with the events, too; kept are the caller's own checkpoints. */
  public record Question(String namespace, boolean deep, List<String> kept) {}

  /** The findings in the order of leaves, at most 100 of them, and what was looked at. */
  public record Verdict(
      String origin,
      long size,
      @Nullable Hash root,
      long rows,
      long events,
      int checkpoints,
      long vouched,
      List<String> vouchingKeys,
      List<Finding> findings,
      long found) {}

  private final StampLog log;
  private final LeafClient client;
  private final Question question;
  private final LongConsumer progress;
  private final BooleanSupplier cancelled;
  private final LeafTree tree = new LeafTree();
  private final Map<Long, Tile> kept = new HashMap<>();
  private final List<Suspicion> suspicions = new ArrayList<>();
  private long suspicious;
  private long rows;
  private long events;

  /** Where the first leaf is missing; from there on there is no tree. */
  private long gap = Long.MAX_VALUE;

  private Audit(StampLog log, Question question, LongConsumer progress, BooleanSupplier cancelled) {
    this.log = log;
    this.client = log.client();
    this.question = question;
    this.progress = progress;
    this.cancelled = cancelled;
  }

  /** How many leaves a log has now. */
  public static long size(StampLog log, String namespace) {
    return log.head(namespace).size();
  }

  /** Audits; progress hears of leaves that were looked at. */
  public static Verdict run(
      StampLog log, Question question, LongConsumer progress, BooleanSupplier cancelled) {
    return new Audit(log, question, progress, cancelled).verdict();
  }

  private Verdict verdict() {
    String namespace = question.namespace();
    // In this order: what is signed meanwhile must not reach beyond the log, nor its key be
    // unknown.
    List<StampCheckpoint> stored = client.checkpoints(namespace, 0, MOST_CHECKPOINTS);
    Head head = log.head(namespace);
    var vouching = new Vouching(head, log.trust(head), stored, question.kept());
    vouching.findMissing(size -> client.checkpoints(namespace, size, MOST_CHECKPOINTS));
    Set<Long> wanted =
        vouching.sizes().map(size -> size / LeafTree.TILE).collect(Collectors.toSet());
    look(0, head.size(), question.deep(), range -> add(range, wanted));
    vouching.compare(this::root);
    if (vouching.differing() > 0 && !isExplained(vouching) && !question.deep()) {
      lookCloser(vouching, Math.min(head.size(), vouching.differing()));
    }
    return verdict(head, vouching);
  }

  private void look(
      long from, long to, boolean deep, java.util.function.Consumer<AuditedRange> taker) {
    new Ranges(WIDTH, AT_ONCE)
        .<AuditedRange>each(
            from,
            to,
            (begin, end) ->
                () -> new AuditedRange(client, question.namespace(), begin, end, deep).read(),
            range -> {
              if (cancelled.getAsBoolean()) {
                throw Fault.of(
                    Fault.Kind.CANCELLED, "CALLER_GONE", "Nobody waits for the audit any more.");
              }
              taker.accept(range);
            });
  }

  /** Whether something was found among the leaves that are not as they were signed. */
  private boolean isExplained(Vouching vouching) {
    return suspicions.stream()
        .anyMatch(one -> one.index() >= vouching.vouched() && one.index() < vouching.differing());
  }

  /** Rows and leaves agree, and yet it is not what was signed: the events tell what it was. */
  private void lookCloser(Vouching vouching, long to) {
    look(vouching.vouched(), Math.min(gap, to), true, this::suspect);
  }

  private void add(AuditedRange range, Set<Long> wanted) {
    suspect(range);
    rows += range.rowsAgreeing();
    events += range.eventsAgreeing();
    if (gap == Long.MAX_VALUE) {
      range.tiles().forEach(tile -> add(tile, wanted));
      gap = range.gap();
    }
    progress.accept(range.from() + range.count());
  }

  private void add(CountedTile counted, Set<Long> wanted) {
    Tile tile = counted.tile();
    if (wanted.contains(counted.index()) || counted.root() == null) {
      kept.put(counted.index(), tile);
    }
    if (counted.root() != null) {
      tree.addTile(counted.root());
      return;
    }
    for (int i = 0; i < tile.count(); i++) {
      tree.add(tile.leaves(), i * Hash.LENGTH);
    }
  }

  private void suspect(AuditedRange range) {
    suspicious += range.suspicious();
    for (Suspicion suspicion : range.suspicions()) {
      if (suspicions.size() < MOST_FINDINGS) {
        suspicions.add(suspicion);
      }
    }
  }

  /** The root of the log of a size; null where leaves are missing below it. */
  private @Nullable Hash root(long size) {
    return size > tree.size() || size == 0 ? null : new Proofs(tree.with(kept)).root(size);
  }

  private Verdict verdict(Head head, Vouching vouching) {
    var judgement = new Judgement(client, question.namespace(), vouching.vouched());
    var findings = new ArrayList<>(vouching.findings());
    suspicions.forEach(suspicion -> findings.add(judgement.of(suspicion)));
    List<StrayStamp> strays = client.strays(question.namespace());
    strays.forEach(stray -> findings.add(stray(stray)));
    findings.sort(
        Comparator.comparing((Finding finding) -> finding.index() < 0)
            .thenComparing(Finding::index)
            .thenComparing(finding -> finding.kind().name().startsWith("CHECKPOINT")));
    return new Verdict(
        head.origin().text(),
        head.size(),
        root(head.size()),
        rows,
        events,
        vouching.compared(),
        vouching.vouched(),
        vouching.vouchingKeys(),
        findings.stream().limit(MOST_FINDINGS).toList(),
        suspicious + vouching.findings().size() + strays.size());
  }

  private static Finding stray(StrayStamp stray) {
    String detail =
        stray.getLeaf()
            ? "The leaf stands behind the end of the log."
            : "The row names no leaf of the log.";
    return new Finding(
        stray.getLeaf() ? Kind.LEAF_ADDED : Kind.ROW_ADDED,
        stray.getLeafIndex(),
        stray.getStampId(),
        stray.getFileHash(),
        stray.getRevision(),
        null,
        detail,
        "");
  }
}
