// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.index;

import dev.omnibridge.intelligence.similarity.Fingerprint;
import dev.omnibridge.intelligence.similarity.LexicalVector;
import java.nio.ByteBuffer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** How entries are written as documents of Lucene, and read again. */
final class Documents {
  static final String ID = "id";
  static final String HASH = "content_hash";
  static final String NAMESPACE = "namespace";
  static final String STAMPED = "stamped";
  static final String TEXT = "text";
  static final String MODEL = "model";
  static final String PRINT = "print";
  static final String LEXICAL_VECTOR = "lexical_vector";
  static final String MODEL_VECTOR = "model_vector";
  static final String SEQUENCE = "sequence";

  /** 0 for what is not stamped, which goes first when there is too much. */
  static final String RANK = "rank";

  static final String YES = "yes";
  static final String NO = "no";
  static final String WAITING = "waiting";
  static final String DONE = "done";

  /** Smallest hashes of a fingerprint that can be searched for. */
  static final int SEARCHABLE_PRINTS = 32;

  private static final String FILE_HASH = "file_hash";
  private static final String PATH = "path";
  private static final String PRINTS = "prints";
  private static final String LEXICAL = "lexical";
  private static final String MODEL_VALUES = "model_values";

  private Documents() {}

  static Document of(Entry entry, long sequence) {
    var document = new Document();
    document.add(new StringField(ID, entry.id(), Field.Store.NO));
    document.add(new StringField(HASH, entry.contentHash(), Field.Store.YES));
    document.add(new StringField(NAMESPACE, entry.namespace(), Field.Store.YES));
    document.add(new StringField(STAMPED, entry.stamped() ? YES : NO, Field.Store.YES));
    document.add(new StoredField(FILE_HASH, entry.fileHash()));
    document.add(new StoredField(PATH, entry.path()));
    document.add(new NumericDocValuesField(SEQUENCE, sequence));
    document.add(new NumericDocValuesField(RANK, entry.stamped() ? 1 : 0));
    addFeatures(document, entry.features());
    addModel(document, entry);
    return document;
  }

  private static void addFeatures(Document document, @Nullable Features features) {
    document.add(new StringField(TEXT, features == null ? NO : YES, Field.Store.NO));
    if (features == null) {
      return;
    }
    for (long print : features.fingerprint().first(SEARCHABLE_PRINTS)) {
      document.add(new StringField(PRINT, Long.toHexString(print), Field.Store.NO));
    }
    document.add(new StoredField(PRINTS, bytes(features.fingerprint().hashes())));
    document.add(new StoredField(LEXICAL, bytes(features.lexical())));
    addVector(document, LEXICAL_VECTOR, features.lexical());
  }

  private static void addModel(Document document, Entry entry) {
    boolean waits = entry.features() != null && !entry.modelTried();
    String state = entry.model() != null ? DONE : waits ? WAITING : NO;
    document.add(new StringField(MODEL, state, Field.Store.YES));
    if (entry.model() != null) {
      document.add(new StoredField(MODEL_VALUES, bytes(entry.model())));
      addVector(document, MODEL_VECTOR, entry.model());
    }
  }

  /** A vector of zeros has no direction and is like nothing. */
  private static void addVector(Document document, String field, float[] vector) {
    if (!LexicalVector.isZero(vector)) {
      document.add(new KnnFloatVectorField(field, vector, VectorSimilarityFunction.DOT_PRODUCT));
    }
  }

  static Entry read(Document document) {
    BytesRef prints = document.getBinaryValue(PRINTS);
    BytesRef lexical = document.getBinaryValue(LEXICAL);
    BytesRef model = document.getBinaryValue(MODEL_VALUES);
    Features features =
        prints == null || lexical == null
            ? null
            : new Features(Fingerprint.ofHashes(longs(prints)), floats(lexical));
    return new Entry(
        document.get(NAMESPACE),
        document.get(HASH),
        document.get(FILE_HASH),
        document.get(PATH),
        YES.equals(document.get(STAMPED)),
        features,
        model == null ? null : floats(model),
        features != null && !WAITING.equals(document.get(MODEL)));
  }

  private static byte[] bytes(long[] values) {
    var buffer = ByteBuffer.allocate(values.length * Long.BYTES);
    buffer.asLongBuffer().put(values);
    return buffer.array();
  }

  private static byte[] bytes(float[] values) {
    var buffer = ByteBuffer.allocate(values.length * Float.BYTES);
    buffer.asFloatBuffer().put(values);
    return buffer.array();
  }

  private static long[] longs(BytesRef bytes) {
    var values = new long[bytes.length / Long.BYTES];
    ByteBuffer.wrap(bytes.bytes, bytes.offset, bytes.length).asLongBuffer().get(values);
    return values;
  }

  private static float[] floats(BytesRef bytes) {
    var values = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes.bytes, bytes.offset, bytes.length).asFloatBuffer().get(values);
    return values;
  }
}
