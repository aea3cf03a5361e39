// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.query;

import com.google.protobuf.Message;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Ids;
import dev.omnibridge.runtime.blake3.Blake3;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/**
 * Page tokens: where the next page begins, sealed with a hash over the question, so that a token
 * works only with the filters it was made for. Tokens of one log work in every db-adapter of it.
 */
public final class PageTokens {
  private static final int SEAL_LENGTH = 12;
  private static final char SEPARATOR = '\u001f';

  private final byte[] key;

  /** Tokens of a log. */
  public PageTokens(UUID logId) {
    this.key =
        Blake3.deriveKey(
            "omnibridge db-adapter page tokens v1",
            logId.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Tokens of a log in an epoch: a place of before a restore is none of after it. */
  public static PageTokens of(UUID logId, long epoch) {
    return new PageTokens(epoch == 1 ? logId : Ids.derived(logId.toString(), "epoch " + epoch));
  }

  /** The token of a place; the question is the request without page size and page token. */
  public String token(Message question, List<String> place) {
    byte[] text = String.join(String.valueOf(SEPARATOR), place).getBytes(StandardCharsets.UTF_8);
    byte[] seal = seal(question, text);
    byte[] token = Arrays.copyOf(seal, SEAL_LENGTH + text.length);
    System.arraycopy(text, 0, token, SEAL_LENGTH, text.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }

  /**
   * The place of a token; empty for the first page, INVALID (BAD_PAGE_TOKEN) for any other text.
   */
  public List<String> place(Message question, String token) {
    if (token.isEmpty()) {
      return List.of();
    }
    byte[] bytes = decode(token);
    if (bytes.length < SEAL_LENGTH) {
      throw bad();
    }
    byte[] text = Arrays.copyOfRange(bytes, SEAL_LENGTH, bytes.length);
    if (!Arrays.equals(seal(question, text), Arrays.copyOf(bytes, SEAL_LENGTH))) {
      throw bad();
    }
    return List.of(new String(text, StandardCharsets.UTF_8).split(String.valueOf(SEPARATOR), -1));
  }

  private static byte[] decode(String token) {
    try {
      return Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException notBase64) {
      throw bad();
    }
  }

  private byte[] seal(Message question, byte[] text) {
    return Arrays.copyOf(
        Blake3.keyedHasher(key)
            .update(question.getDescriptorForType().getFullName().getBytes(StandardCharsets.UTF_8))
            .update(Blake3.hash(question.toByteArray()).bytes())
            .update(text)
            .finish()
            .bytes(),
        SEAL_LENGTH);
  }

  private static Fault bad() {
    return Fault.invalidField(
        "BAD_PAGE_TOKEN",
        "page_token",
        "The page token does not belong to this question; ask again without it.");
  }
}
