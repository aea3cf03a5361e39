// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Hash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * All that is needed to verify a stamp without the service, as one JSON document.
 *
 * @param record the stamp's record
 * @param leafIndex its index in the log
 * @param path from the leaf to the root of the checkpoint
 * @param checkpoint the signed log
 * @param keys the verifier keys that the service has told
 */
public record ProofBundle(
    StampRecord record,
    long leafIndex,
    List<Hash> path,
    Checkpoint checkpoint,
    List<VerifierKey> keys) {

  /** The form of the document; another one is refused. */
  public static final String FORMAT = "omnibridge-stamp-proof/1";

  private static final int LONGEST_PATH = 64;
  private static final int MOST_KEYS = 100;
  private static final int LARGEST = 1 << 20;
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /** The document, for programs and, in its part "stamp", for people. */
  public byte[] toJson() {
    ObjectNode bundle = JSON.createObjectNode();
    bundle.put("format", FORMAT);
    bundle.set("stamp", readable(record));
    bundle.put("record", Base64.getEncoder().encodeToString(record.bytes()));
    bundle.put("leaf_index", leafIndex);
    ArrayNode steps = bundle.putArray("path");
    path.forEach(step -> steps.add(Base64.getEncoder().encodeToString(step.bytes())));
    bundle.put("checkpoint", checkpoint.note());
    ArrayNode verifiers = bundle.putArray("keys");
    keys.forEach(key -> verifiers.add(key.text()));
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(bundle);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static ObjectNode readable(StampRecord record) {
    ObjectNode stamp = JSON.createObjectNode();
    stamp.put("namespace", record.namespace());
    stamp.put("stamp_id", record.stampId().toString());
    stamp.put("revision", record.revision());
    stamp.put("file_hash", record.fileHash().hex());
    stamp.put("content_hash", record.contentHash().hex());
    stamp.put("file_path", record.filePath());
    stamp.put("file_size", record.size());
    stamp.put("content_type", record.contentType());
    stamp.put("metadata", record.metadata());
    stamp.put("hashed_by", record.hashedBy());
    stamp.put("created_at", record.createdAt().toString());
    stamp.put("stamped_at", record.stampedAt().toString());
    stamp.put("op_id", record.opId().toString());
    if (record.runId() != null) {
      stamp.put("run_id", record.runId().toString());
    }
    return stamp;
  }

  /**
   * Reads a bundle without believing it yet.
   *
   * @throws Fault INVALID (BUNDLE_MALFORMED) when it is none, or when its part for people says
   *     something else than its record
   */
  public static ProofBundle parse(byte[] json) {
    if (json.length > LARGEST) {
      throw malformed("it has more than 1 MiB");
    }
    try {
      JsonNode bundle = JSON.readTree(json);
      if (!bundle.path("format").asText().equals(FORMAT)) {
        throw malformed("its format is not " + FORMAT);
      }
      var record = StampRecord.parse(bytes(bundle.path("record").asText()));
      if (!bundle.path("stamp").toString().equals(readable(record).toString())) {
        throw malformed("its readable stamp is not that of its record");
      }
      JsonNode index = bundle.path("leaf_index");
      if (!index.canConvertToLong() || !index.isIntegralNumber()) {
        throw malformed("its leaf_index is no number");
      }
      return new ProofBundle(
          record,
          index.longValue(),
          list(bundle.path("path"), LONGEST_PATH, text -> Hash.of(bytes(text))),
          Checkpoint.parse(bundle.path("checkpoint").asText()),
          list(bundle.path("keys"), MOST_KEYS, VerifierKey::parse));
    } catch (IOException notJson) {
      throw malformed("it is not JSON");
    } catch (IllegalArgumentException notHashes) {
      throw malformed("a hash in its path has not 32 bytes");
    } catch (Fault fault) {
      throw fault.is("BUNDLE_MALFORMED") ? fault : malformed(lower(fault.sentence()));
    }
  }

  private static <T> List<T> list(JsonNode array, int most, Function<String, T> item) {
    if (!array.isArray() || array.size() > most) {
      throw malformed("its path or its keys are no list, or too long");
    }
    var items = new ArrayList<T>();
    array.forEach(text -> items.add(item.apply(text.asText())));
    return List.copyOf(items);
  }

  private static byte[] bytes(String base64) {
    byte[] bytes = VerifierKey.base64(base64);
    if (bytes == null) {
      throw malformed("a part of it is not Base64");
    }
    return bytes;
  }

  private static String lower(String sentence) {
    return sentence.substring(0, 1).toLowerCase(Locale.ROOT)
        + sentence.substring(1, sentence.length() - 1);
  }

  private static Fault malformed(String why) {
    return Fault.invalid("BUNDLE_MALFORMED", "The file is no proof bundle: " + why + ".");
  }

  /**
   * Verifies that the stamp is in the log that the checkpoint signs. With no trusted keys, those of
   * the bundle are used: that shows only that the bundle is whole, not who made it.
   *
   * @throws Fault INVALID: PROOF_OTHER_LOG, PROOF_INVALID, CHECKPOINT_SIGNATURE_INVALID,
   *     CHECKPOINT_KEY_UNKNOWN
   */
  public VerifiedStamp verify(List<VerifierKey> trusted) {
    Origin origin = Origin.parse(checkpoint.origin());
    if (origin == null || !origin.namespace().equals(record.namespace())) {
      throw checkpoint.otherLog("the stamps of " + record.namespace());
    }
    boolean pinned = !trusted.isEmpty();
    List<VerifierKey> signers = checkpoint.verify(pinned ? trusted : keys);
    Proofs.checkInclusion(
        new LogHash().leaf(record.bytes()), leafIndex, checkpoint.size(), path, checkpoint.root());
    return new VerifiedStamp(
        record,
        leafIndex,
        checkpoint.size(),
        checkpoint.root(),
        checkpoint.origin(),
        signers.stream().map(VerifierKey::text).toList(),
        pinned);
  }
}
