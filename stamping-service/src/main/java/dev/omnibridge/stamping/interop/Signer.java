// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.interop;

/** Signs with the service's Ed25519 key. */
public interface Signer {
  /** What readers tell the key by. */
  String keyId();

  /** The 64 bytes of the signature of the message as it is. */
  byte[] sign(byte[] message);
}
