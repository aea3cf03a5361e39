// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.index;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.IndexWriterConfig.OpenMode;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.Directory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The index of a directory, opened to be written and searched. */
record Opened(IndexWriter writer, SearcherManager searchers) implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Opened.class);
  private static final double BUFFER_MIB = 8;

  /** Opens what was committed last; what is damaged is made anew, empty. */
  static Opened last(Directory directory) throws IOException {
    try {
      return with(directory, OpenMode.CREATE_OR_APPEND);
    } catch (CorruptIndexException
        | IndexFormatTooOldException
        | IndexFormatTooNewException
        | NoSuchFileException
        | FileNotFoundException
        | EOFException bad) {
      log.atWarn().setCause(bad).log("index of artifacts cannot be read and is made anew");
      for (String file : directory.listAll()) {
        if (!file.equals(IndexWriter.WRITE_LOCK_NAME)) {
          directory.deleteFile(file);
        }
      }
      return with(directory, OpenMode.CREATE);
    }
  }

  /** A writer opens with little more than the names of its files; only a searcher reads them. */
  private static Opened with(Directory directory, OpenMode mode) throws IOException {
    var writer = new IndexWriter(directory, config(mode));
    try {
      return new Opened(writer, new SearcherManager(writer, null));
    } catch (IOException | RuntimeException failure) {
      writer.rollback();
      throw failure;
    }
  }

  private static IndexWriterConfig config(OpenMode mode) {
    return new IndexWriterConfig()
        .setOpenMode(mode)
        .setRAMBufferSizeMB(BUFFER_MIB)
        .setCommitOnClose(false);
  }

  /** What was committed with the index besides it. */
  Map<String, String> committed() {
    Map<String, String> committed = new HashMap<>();
    Iterable<Map.Entry<String, String>> data = writer.getLiveCommitData();
    if (data != null) {
      data.forEach(entry -> committed.put(entry.getKey(), entry.getValue()));
    }
    return committed;
  }

  @Override
  public void close() throws IOException {
    try (writer;
        searchers) {
      log.atDebug().log("index of artifacts is closed");
    }
  }
}
