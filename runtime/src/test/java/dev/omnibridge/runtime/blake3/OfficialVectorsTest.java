// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The official test vectors, all 35 lengths in all three modes with 131 bytes of output each.
 *
 * <p>The file has the content of the official one, but its values were produced with the official
 * program, b3sum 1.2.0 of Debian ({@code -l 131}, with {@code --keyed} and {@code --derive-key}),
 * and compared with published copies of the vectors.
 */
class OfficialVectorsTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final JsonNode VECTORS = load();
  private static final byte[] KEY = VECTORS.get("key").textValue().getBytes(US_ASCII);
  private static final String CONTEXT = VECTORS.get("context_string").textValue();

  @ParameterizedTest
  @MethodSource("vectors")
  void shouldGiveTheOfficialHash(Vector vector) {
    assertThat(Blake3.hash(vector.input()).hex()).isEqualTo(vector.hash().substring(0, 64));
    assertOutput(Blake3.hasher(), vector.input(), vector.hash());
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void shouldGiveTheOfficialKeyedHash(Vector vector) {
    assertThat(Blake3.keyedHash(KEY, vector.input()).hex())
        .isEqualTo(vector.keyedHash().substring(0, 64));
    assertOutput(Blake3.keyedHasher(KEY), vector.input(), vector.keyedHash());
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void shouldGiveTheOfficialDerivedKey(Vector vector) {
    assertThat(HEX.formatHex(Blake3.deriveKey(CONTEXT, vector.input())))
        .isEqualTo(vector.derivedKey().substring(0, 64));
    assertOutput(Blake3.keyDeriver(CONTEXT), vector.input(), vector.derivedKey());
  }

  @Test
  void shouldCoverEveryOfficialLength() {
    List<Integer> lengths = vectors().map(vector -> vector.input().length).toList();

    assertThat(lengths)
        .containsExactly(
            0, 1, 2, 3, 4, 5, 6, 7, 8, 63, 64, 65, 127, 128, 129, 1023, 1024, 1025, 2048, 2049,
            3072, 3073, 4096, 4097, 5120, 5121, 6144, 6145, 7168, 7169, 8192, 8193, 16384, 31744,
            102400);
  }

  private static void assertOutput(Blake3 hasher, byte[] input, String expected) {
    hasher.update(input);
    assertThat(hasher.finish().hex()).isEqualTo(expected.substring(0, 64));
    assertThat(HEX.formatHex(hasher.output().read(expected.length() / 2))).isEqualTo(expected);
  }

  static Stream<Vector> vectors() {
    return StreamSupport.stream(VECTORS.get("cases").spliterator(), false).map(Vector::from);
  }

  record Vector(byte[] input, String hash, String keyedHash, String derivedKey) {
    static Vector from(JsonNode test) {
      return new Vector(
          pattern(test.get("input_len").intValue()),
          test.get("hash").textValue(),
          test.get("keyed_hash").textValue(),
          test.get("derive_key").textValue());
    }

    @Override
    public String toString() {
      return input.length + " bytes";
    }
  }

  /** The official input: 0, 1, ..., 250, over and over. */
  private static byte[] pattern(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i % 251);
    }
    return bytes;
  }

  private static JsonNode load() {
    try (var file = OfficialVectorsTest.class.getResourceAsStream("test_vectors.json")) {
      return new ObjectMapper().readTree(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
