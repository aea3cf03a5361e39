// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.StampLogKey;
import dev.omnibridge.stamping.merkle.SigningKey;
import dev.omnibridge.stamping.merkle.VerifierKey;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Whose signatures count. The database names every key that has signed, but anybody who has the
 * database can write there; only the keys of this service and those that it was told of vouch.
 *
 * @param trusted public keys that vouch
 * @param known all public keys by which a signature can be checked
 */
record Trust(Set<ByteString> trusted, Set<ByteString> known) {

  static Trust of(SigningKeys own, List<VerifierKey> configured, List<StampLogKey> recorded) {
    Set<ByteString> trusted = new LinkedHashSet<>();
    for (SigningKey key : own.all()) {
      trusted.add(ByteString.copyFrom(key.publicKey()));
    }
    configured.forEach(key -> trusted.add(ByteString.copyFrom(key.publicKey())));
    Set<ByteString> known = new LinkedHashSet<>(trusted);
    recorded.forEach(key -> known.add(key.getPublicKey()));
    return new Trust(trusted, known);
  }

  /** All keys under the name of a log. */
  List<VerifierKey> keys(String origin) {
    return known.stream().map(key -> VerifierKey.of(origin, key.toByteArray())).toList();
  }

  boolean isTrusted(VerifierKey key) {
    return trusted.contains(ByteString.copyFrom(key.publicKey()));
  }
}
