// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bouncycastle.crypto.digests.Blake3Digest;
import org.bouncycastle.crypto.params.Blake3Parameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Bouncy Castle and Commons Codec, two independent implementations, must agree with ours. */
class DifferentialTest {
  private static final int OUTPUT = 131;
  private static final String CONTEXT = "omnibridge 2026-11-21 differential test";

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  @Test
  void shouldAgreeWithBothLibrariesAroundEveryEdge() {
    for (int length : lengths()) {
      byte[] input = bytes(length);
      assertThat(split(Blake3.hasher(), input).output().read(OUTPUT))
          .as("hash of %d bytes, seed %d", length, seed)
          .isEqualTo(bouncyCastle(null, input))
          .isEqualTo(codec(org.apache.commons.codec.digest.Blake3.initHash(), input));
    }
  }

  @Test
  void shouldAgreeWithBothLibrariesUnderAKey() {
    for (int length : lengths()) {
      byte[] input = bytes(length);
      byte[] key = bytes(32);
      assertThat(split(Blake3.keyedHasher(key), input).output().read(OUTPUT))
          .as("keyed hash of %d bytes, seed %d", length, seed)
          .isEqualTo(bouncyCastle(Blake3Parameters.key(key), input))
          .isEqualTo(codec(org.apache.commons.codec.digest.Blake3.initKeyedHash(key), input));
    }
  }

  @Test
  void shouldAgreeWithBothLibrariesOnDerivedKeys() {
    byte[] context = CONTEXT.getBytes(UTF_8);
    for (int length : lengths()) {
      byte[] input = bytes(length);
      assertThat(split(Blake3.keyDeriver(CONTEXT), input).output().read(OUTPUT))
          .as("key derived from %d bytes, seed %d", length, seed)
          .isEqualTo(bouncyCastle(Blake3Parameters.context(context), input))
          .isEqualTo(
              codec(
                  org.apache.commons.codec.digest.Blake3.initKeyDerivationFunction(context),
                  input));
    }
  }

  /** One below, at and above every block of the first chunks and many chunk counts, and any. */
  private List<Integer> lengths() {
    List<Integer> lengths = new ArrayList<>(List.of(0));
    for (int block = 64; block <= 3 * 1024; block += 64) {
      lengths.addAll(List.of(block - 1, block, block + 1));
    }
    for (int chunk = 4; chunk <= 33; chunk++) {
      lengths.addAll(List.of(1024 * chunk - 1, 1024 * chunk, 1024 * chunk + 1));
    }
    for (int i = 0; i < 50; i++) {
      lengths.add(random.nextInt(40_000));
    }
    return lengths;
  }

  private Blake3 split(Blake3 hasher, byte[] input) {
    for (int at = 0; at < input.length; ) {
      int bound = random.nextBoolean() ? 100 : 5000;
      int length = Math.min(input.length - at, random.nextInt(bound));
      hasher.update(input, at, length);
      at += length;
    }
    return hasher;
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] bouncyCastle(@Nullable Blake3Parameters mode, byte[] input) {
    Blake3Digest digest = new Blake3Digest(256);
    if (mode != null) {
      digest.init(mode);
    }
    digest.update(input, 0, input.length);
    byte[] output = new byte[OUTPUT];
    digest.doFinal(output, 0, OUTPUT);
    return output;
  }

  private static byte[] codec(org.apache.commons.codec.digest.Blake3 digest, byte[] input) {
    byte[] output = new byte[OUTPUT];
    digest.update(input).doFinalize(output);
    return output;
  }
}
