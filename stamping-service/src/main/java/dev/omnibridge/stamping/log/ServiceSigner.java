// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import dev.omnibridge.stamping.interop.Signer;
import java.util.HexFormat;

/**
 * Signs what leaves the suite with the current key of the checkpoints; its id is the public key in
 * hexadecimal digits, since a key has a name only for one log.
 */
public record ServiceSigner(SigningKeys.Source keys) implements Signer {
  @Override
  public String keyId() {
    return HexFormat.of().formatHex(keys.get().current().publicKey());
  }

  @Override
  public byte[] sign(byte[] message) {
    return keys.get().current().sign(message);
  }
}
