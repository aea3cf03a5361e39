// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.index;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;
import org.apache.lucene.util.BytesRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Contents with their features and stamps, at most so many; those that nobody stamped go first,
 * then the oldest. Changes are seen by searches at once and are durable, together with the
 * positions, from the next commit. A disk that cannot be written ends Lucene's writer for good; the
 * next change opens the index again, as it was at the last commit. Blocks, so it is for worker
 * threads; one thread at a time may write, many may search.
 */
public final class ArtifactIndex implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ArtifactIndex.class);

  private final int most;
  private final Directory directory;
  private volatile Opened opened;
  private Map<String, String> committed;
  private long sequence;

  /** True from when they are others, because it was opened again, until somebody asks for them. */
  private boolean positionsMoved;

  ArtifactIndex(Directory directory, int most) throws IOException {
    this.most = most;
    this.directory = directory;
    this.opened = Opened.last(directory);
    this.committed = opened.committed();
    this.sequence = lastSequence();
  }

  private long lastSequence() {
    return Long.parseLong(committed.getOrDefault(Documents.SEQUENCE, "0"));
  }

  /**
   * Opens the index in a directory, or in memory when none is named. A damaged one is made anew,
   * empty and without positions. REFUSED (INDEX_IN_USE) when another process has it.
   */
  public static ArtifactIndex open(String path, int most) {
    try {
      if (path.isEmpty()) {
        return new ArtifactIndex(new ByteBuffersDirectory(), most);
      }
      Path folder = Files.createDirectories(Path.of(path));
      return new ArtifactIndex(FSDirectory.open(folder), most);
    } catch (LockObtainFailedException inUse) {
      throw Fault.of(
              Kind.REFUSED, "INDEX_IN_USE", "Another process uses the directory of the index.")
          .with("directory", path);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private void openAgainIfEnded() throws IOException {
    Opened ended = opened;
    if (ended.writer().isOpen()) {
      return;
    }
    opened = Opened.last(directory);
    Map<String, String> found = opened.committed();
    positionsMoved |= !found.equals(committed);
    committed = found;
    sequence = lastSequence();
    log.atWarn().log("index of artifacts is opened again, as it was committed last");
    ended.close();
  }

  /** What was committed with the index besides it. */
  public synchronized Map<String, String> positions() {
    positionsMoved = false;
    return Map.copyOf(committed);
  }

  /** Takes changes in; they are seen from now on. */
  public synchronized void apply(List<Change> changes) {
    try {
      openAgainIfEnded();
      var edit = new Edit(load(changes.stream().map(Change::contentHash).distinct().toList()));
      changes.forEach(edit::take);
      for (Entry entry : edit.changed()) {
        opened
            .writer()
            .updateDocument(new Term(Documents.ID, entry.id()), Documents.of(entry, ++sequence));
      }
      evict();
      opened.searchers().maybeRefreshBlocking();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /**
   * Makes everything durable, with the positions that the changes lead to. Fails when the index was
   * made anew since the positions were asked for: what was before them is not in it.
   */
  public synchronized void commit(Map<String, String> positions) {
    if (positionsMoved && !positions.isEmpty()) {
      throw new IllegalStateException(
          "The index was made anew; its positions are to be read again");
    }
    Map<String, String> data = new HashMap<>(committed);
    data.putAll(positions);
    data.put(Documents.SEQUENCE, Long.toString(sequence));
    try {
      opened.writer().setLiveCommitData(data.entrySet());
      opened.writer().commit();
      committed = data;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private List<Entry> load(Collection<String> hashes) throws IOException {
    var terms = hashes.stream().map(BytesRef::new).toList();
    return search(searcher -> entries(searcher, new TermInSetQuery(Documents.HASH, terms)));
  }

  private List<Entry> entries(IndexSearcher searcher, Query query) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (ScoreDoc hit : searcher.search(query, Math.max(1, most)).scoreDocs) {
      entries.add(Documents.read(searcher.storedFields().document(hit.doc)));
    }
    return entries;
  }

  /** Deleted are documents, so what is just being written is counted after the next refresh. */
  private void evict() throws IOException {
    int surplus = opened.writer().getDocStats().numDocs - most;
    if (surplus <= 0) {
      return;
    }
    opened.searchers().maybeRefreshBlocking();
    var oldest =
        new Sort(
            new SortField(Documents.RANK, SortField.Type.LONG),
            new SortField(Documents.SEQUENCE, SortField.Type.LONG));
    List<String> ids =
        search(searcher -> {
          List<String> found = new ArrayList<>();
          for (ScoreDoc hit :
              searcher.search(MatchAllDocsQuery.INSTANCE, surplus, oldest).scoreDocs) {
            Document document = searcher.storedFields().document(hit.doc);
            found.add(Documents.read(document).id());
          }
          return found;
        });
    for (String id : ids) {
      opened.writer().deleteDocuments(new Term(Documents.ID, id));
    }
  }

  /** Reads a point in time of the index. */
  interface Reading<T> {
    T read(IndexSearcher searcher) throws IOException;
  }

  <T> T search(Reading<T> reading) throws IOException {
    SearcherManager searchers = opened.searchers();
    IndexSearcher searcher = searchers.acquire();
    try {
      return reading.read(searcher);
    } finally {
      searchers.release(searcher);
    }
  }

  /** Closes without a commit: what came after the last one comes again. */
  @Override
  public synchronized void close() {
    try (directory) {
      opened.close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
