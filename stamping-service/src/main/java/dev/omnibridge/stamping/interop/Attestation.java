// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.util.Base64;

/**
 * A stamp as an in-toto Statement v1 in a DSSE envelope. The statement's subject is the content,
 * its predicate the stamp.
 */
public final class Attestation {
  /** The media type of what is signed. */
  public static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";

  /** The type of our predicate. */
  public static final String PREDICATE_TYPE = "https://omnibridge.dev/attestation/stamp/v1";

  private static final String STATEMENT_TYPE = "https://in-toto.io/Statement/v1";

  private Attestation() {}

  /** The statement about a stamp, as JSON. */
  public static byte[] statement(StampFacts stamp) {
    ObjectNode statement = StampFacts.JSON.createObjectNode();
    statement.put("_type", STATEMENT_TYPE);
    ObjectNode subject = statement.putArray("subject").addObject();
    if (!stamp.filePath().isEmpty()) {
      subject.put("name", stamp.filePath());
    }
    subject.putObject("digest").put("blake3", stamp.contentHash());
    statement.put("predicateType", PREDICATE_TYPE);
    statement.set("predicate", stamp.json());
    return StampFacts.bytes(statement);
  }

  /** The signed envelope around a statement, as JSON. */
  public static byte[] envelope(byte[] statement, Signer signer) {
    Base64.Encoder base64 = Base64.getEncoder();
    ObjectNode envelope = StampFacts.JSON.createObjectNode();
    envelope.put("payload", base64.encodeToString(statement));
    envelope.put("payloadType", PAYLOAD_TYPE);
    envelope
        .putArray("signatures")
        .addObject()
        .put("keyid", signer.keyId())
        .put("sig", base64.encodeToString(signer.sign(toSign(PAYLOAD_TYPE, statement))));
    return StampFacts.bytes(envelope);
  }

  /** What a DSSE signature is over: type and payload, each behind its length (PAE). */
  public static byte[] toSign(String type, byte[] payload) {
    byte[] typeBytes = type.getBytes(UTF_8);
    var encoded = new ByteArrayOutputStream(payload.length + 64);
    encoded.writeBytes("DSSEv1 %d ".formatted(typeBytes.length).getBytes(UTF_8));
    encoded.writeBytes(typeBytes);
    encoded.writeBytes(" %d ".formatted(payload.length).getBytes(UTF_8));
    encoded.writeBytes(payload);
    return encoded.toByteArray();
  }
}
