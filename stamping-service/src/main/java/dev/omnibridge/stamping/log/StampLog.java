// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.GetStampLeafRequest;
import dev.omnibridge.api.log.v1.GetStampLeafResponse;
import dev.omnibridge.api.log.v1.GetStampLogResponse;
import dev.omnibridge.api.log.v1.StampCheckpoint;
import dev.omnibridge.api.log.v1.StampLogKey;
import dev.omnibridge.api.log.v1.StoreStampCheckpointRequest;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.stamping.merkle.Checkpoint;
import dev.omnibridge.stamping.merkle.LogHash;
import dev.omnibridge.stamping.merkle.Origin;
import dev.omnibridge.stamping.merkle.ProofBundle;
import dev.omnibridge.stamping.merkle.Proofs;
import dev.omnibridge.stamping.merkle.SigningKey;
import dev.omnibridge.stamping.merkle.StampRecord;
import dev.omnibridge.stamping.merkle.VerifierKey;
import io.grpc.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The tamper-evident logs: proofs and signed checkpoints. Waits, so it is for virtual threads. */
public final class StampLog {
  private final LeafClient client;
  private final Trees trees;
  private final Supplier<SigningKeys> keys;
  private final List<VerifierKey> trusted;

  /** Each earlier size that is signed is stored for ever. */
  private final Allowance earlier = new Allowance(60, Duration.ofSeconds(1), System::nanoTime);

  /**
   * With keys of others that vouch like its own, and the longest wait for an answer of db-adapter
   * and for a whole scan.
   */
  public StampLog(
      Channel dbAdapter,
      Supplier<SigningKeys> keys,
      List<VerifierKey> trusted,
      Duration answer,
      Duration scan) {
    this.client = new LeafClient(dbAdapter, answer, scan);
    this.trees = new Trees(client, scan);
    this.keys = keys;
    this.trusted = trusted;
  }

  /** Which log a namespace has now. */
  record Head(Origin origin, long size, long epochSize, List<StampLogKey> keys) {}

  /** Which leaf is meant: one of an index, or that of a hash's newest revision. */
  public record LeafChoice(String namespace, @Nullable Hash hash, long index) {
    GetStampLeafRequest request() {
      var request = GetStampLeafRequest.newBuilder().setNamespace(namespace);
      return hash == null
          ? request.setLeafIndex(index).build()
          : request.setHash(hash.hex()).build();
    }
  }

  /** A leaf in the log of a size. */
  public record Inclusion(
      String origin, long index, long size, byte[] record, Hash leaf, List<Hash> path, Hash root) {}

  /** The log of one size as the beginning of that of another. */
  public record Consistency(
      String origin, long fromSize, Hash fromRoot, long toSize, Hash toRoot, List<Hash> path) {}

  /** A checkpoint as it is stored, and whose signatures of it hold. */
  public record Signed(Checkpoint checkpoint, List<VerifierKey> signers, StampCheckpoint stored) {}

  /** A key that signs or has signed the log; sizes of 0 when it has signed nothing yet. */
  public record KnownKey(VerifierKey key, long firstSize, long lastSize, boolean current) {}

  LeafClient client() {
    return client;
  }

  Head head(String namespace) {
    GetStampLogResponse log = client.log(namespace);
    var origin = new Origin(log.getLogId(), log.getEpoch(), namespace);
    return new Head(origin, log.getSize(), log.getEpochSize(), log.getKeysList());
  }

  /** The log at a size; of 0 as it is now. */
  private Head at(String namespace, long size) {
    return at(head(namespace), size);
  }

  private static Head at(Head now, long size) {
    String namespace = now.origin().namespace();
    if (now.size() == 0) {
      throw Fault.notFound(
              "STAMP_LOG_EMPTY", "No stamp is recorded in namespace %s.".formatted(namespace))
          .with("namespace", namespace);
    }
    if (size > now.size()) {
      throw Fault.of(
              Fault.Kind.OUT_OF_RANGE,
              "SIZE_BEYOND_LOG",
              "The log of stamps has %d leaves.".formatted(now.size()))
          .with("size", now.size());
    }
    return size == 0 ? now : new Head(now.origin(), size, now.epochSize(), now.keys());
  }

  Trust trust(Head head) {
    return Trust.of(keys.get(), trusted, head.keys());
  }

  /** A signed checkpoint of the log at a size; of 0 as it is now. */
  public Signed checkpoint(String namespace, long size) {
    Head now = head(namespace);
    return checkpoint(at(now, size), now.size());
  }

  /** Nothing is signed that does not continue what was signed last. */
  private Signed checkpoint(Head head, long now) {
    String namespace = head.origin().namespace();
    for (StampCheckpoint stored : client.checkpoints(namespace, head.size(), 16)) {
      Signed ours = stored.getEpoch() == head.origin().epoch() ? ours(head, stored) : null;
      if (ours != null) {
        return ours;
      }
    }
    if (head.size() < now && !earlier.take()) {
      throw Fault.of(
          Fault.Kind.EXHAUSTED, "STAMP_LOG_BUSY", "Too many earlier sizes are being signed.");
    }
    checkLast(head);
    Hash root = root(head, head.size());
    var checkpoint = Checkpoint.sign(head.origin(), head.size(), root, keys.get().all());
    var request =
        StoreStampCheckpointRequest.newBuilder()
            .setNamespace(namespace)
            .setEpoch(head.origin().epoch())
            .setSize(head.size())
            .setRoot(ByteString.copyFrom(root.bytes()))
            .setNote(checkpoint.note());
    for (SigningKey key : keys.get().all()) {
      request.addPublicKeys(ByteString.copyFrom(key.publicKey()));
    }
    Signed signed = ours(head, client.store(request.build()));
    if (signed == null || !signed.checkpoint().root().equals(root)) {
      throw Trees.damaged(namespace, 0).with("signed_size", head.size());
    }
    return signed;
  }

  /**
   * One that the current key has signed; null when it has not.
   *
   * @throws Fault BROKEN (STAMP_LOG_DAMAGED) when it has, and the note is not what it was
   */
  private @Nullable Signed ours(Head head, StampCheckpoint stored) {
    ByteString current = ByteString.copyFrom(keys.get().current().publicKey());
    try {
      var note = CheckedNote.of(stored, head.origin(), trust(head));
      return note.isBy(current) ? new Signed(note.checkpoint(), note.signers(), stored) : null;
    } catch (Fault notWhatItWas) {
      if (!stored.getPublicKey().equals(current)) {
        return null;
      }
      throw Trees.damaged(head.origin().namespace(), 0)
          .with("signed_size", head.size())
          .with("note", notWhatItWas.reason());
    }
  }

  /** By what is signed in it. The keys are read after it, so that its own are among them. */
  private void checkLast(Head head) {
    String namespace = head.origin().namespace();
    for (StampCheckpoint last : client.checkpoints(namespace, 0, 1)) {
      try {
        Head now = head(namespace);
        var note = CheckedNote.of(last, head.origin(), trust(now));
        Vouching.checkEpoch(now, note);
        long size = note.checkpoint().size();
        if (!root(head, size).equals(note.checkpoint().root())) {
          throw Trees.damaged(namespace, 0);
        }
      } catch (Fault fault) {
        if (fault.kind() == Fault.Kind.INVALID
            || fault.kind() == Fault.Kind.REFUSED
            || fault.is("STAMP_LOG_DAMAGED")) {
          throw Trees.damaged(namespace, 0)
              .with("signed_size", last.getSize())
              .with("note", fault.reason());
        }
        throw fault;
      }
    }
  }

  private Hash root(Head head, long size) {
    return trees.prove(
        head.origin(), size, tree -> tree.tilesOfRoot(size), proofs -> proofs.root(size));
  }

  static Hash hash(ByteString bytes) {
    return Hash.of(bytes.toByteArray());
  }

  /** Proves that a leaf is in the log of a size; of 0 as it is now. */
  public Inclusion inclusion(LeafChoice choice, long size) {
    GetStampLeafResponse leaf = client.leaf(choice.request());
    var origin = new Origin(leaf.getLogId(), leaf.getEpoch(), choice.namespace());
    var now = new Head(origin, leaf.getSize(), leaf.getEpochSize(), List.of());
    return inclusion(leaf, at(now, size));
  }

  private Inclusion inclusion(GetStampLeafResponse leaf, Head head) {
    long index = leaf.getLeafIndex();
    long size = head.size();
    if (index >= size) {
      throw Fault.of(
              Fault.Kind.OUT_OF_RANGE,
              "LEAF_BEYOND_SIZE",
              "Leaf %d is not in the log of size %d.".formatted(index, size))
          .with("leaf_index", index)
          .with("size", size);
    }
    byte[] record = leaf.getRecord().toByteArray();
    Hash hash = new LogHash().leaf(record);
    Inclusion proof =
        trees.prove(
            head.origin(),
            size,
            tree -> tree.tilesOfInclusion(index, size),
            proofs ->
                new Inclusion(
                    head.origin().text(),
                    index,
                    size,
                    record,
                    hash,
                    proofs.inclusion(index, size),
                    proofs.root(size)));
    try {
      Proofs.checkInclusion(hash, index, size, proof.path(), proof.root());
    } catch (Fault changed) {
      throw Trees.damaged(head.origin().namespace(), index);
    }
    return proof;
  }

  /** Proves that one size begins another; the later one of 0 means as it is now. */
  public Consistency consistency(String namespace, long fromSize, long toSize) {
    Head head = at(namespace, toSize);
    long to = head.size();
    if (fromSize > to) {
      throw Fault.of(
              Fault.Kind.OUT_OF_RANGE,
              "SIZE_BEYOND_LOG",
              "The earlier size, %d, is beyond the later one, %d.".formatted(fromSize, to))
          .with("size", to);
    }
    return trees.prove(
        head.origin(),
        to,
        tree -> tree.tilesOfConsistency(fromSize, to),
        proofs ->
            new Consistency(
                head.origin().text(),
                fromSize,
                proofs.root(fromSize),
                to,
                proofs.root(to),
                proofs.consistency(fromSize, to)));
  }

  /** The origin of a namespace's log. */
  public String origin(String namespace) {
    return head(namespace).origin().text();
  }

  /** The keys that sign the log now, and those that have signed it. */
  public List<KnownKey> knownKeys(String namespace) {
    return knownKeys(head(namespace));
  }

  private List<KnownKey> knownKeys(Head head) {
    String origin = head.origin().text();
    var known = new ArrayList<KnownKey>();
    List<StampLogKey> recorded =
        head.keys().stream().filter(key -> key.getEpoch() == head.origin().epoch()).toList();
    for (VerifierKey own : keys.get().verifiers(origin)) {
      var signed =
          recorded.stream()
              .filter(key -> VerifierKey.of(origin, key.getPublicKey().toByteArray()).equals(own))
              .findFirst();
      known.add(
          new KnownKey(
              own,
              signed.map(StampLogKey::getFirstSize).orElse(0L),
              signed.map(StampLogKey::getLastSize).orElse(0L),
              known.isEmpty()));
    }
    for (StampLogKey key : recorded) {
      var other = VerifierKey.of(origin, key.getPublicKey().toByteArray());
      if (known.stream().noneMatch(one -> one.key().equals(other))) {
        known.add(new KnownKey(other, key.getFirstSize(), key.getLastSize(), false));
      }
    }
    return known;
  }

  /** All that is needed to verify a leaf without us. */
  public ProofBundle bundle(LeafChoice choice, long size) {
    GetStampLeafResponse leaf = client.leaf(choice.request());
    Head now = head(choice.namespace());
    Head head = at(now, size);
    Inclusion proof = inclusion(leaf, head);
    Signed signed = checkpoint(head, now.size());
    if (!signed.checkpoint().root().equals(proof.root())) {
      throw Trees.damaged(choice.namespace(), 0).with("signed_size", head.size());
    }
    return new ProofBundle(
        StampRecord.parse(proof.record()),
        proof.index(),
        proof.path(),
        signed.checkpoint(),
        signed.signers());
  }

  /** A log that was not signed, and why. */
  public record Unsigned(String namespace, RuntimeException why) {}

  /** Which logs were signed, and which others were not. */
  public record GrownLogs(List<String> signed, List<Unsigned> refused) {}

  /** Signs the logs that have grown since the current key has signed them, each for itself. */
  public GrownLogs signGrown() {
    var signed = new ArrayList<String>();
    var refused = new ArrayList<Unsigned>();
    String after = "";
    while (true) {
      List<String> grown = client.unsigned(keys.get().current().publicKey(), after);
      if (grown.isEmpty()) {
        return new GrownLogs(signed, refused);
      }
      for (String namespace : grown) {
        try {
          Signed unused = checkpoint(namespace, 0);
          signed.add(namespace);
        } catch (RuntimeException failure) {
          refused.add(new Unsigned(namespace, failure));
        }
      }
      after = grown.getLast();
    }
  }
}
