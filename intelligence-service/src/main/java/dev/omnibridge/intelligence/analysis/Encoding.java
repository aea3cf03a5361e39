// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

/**
 * How the bytes of a text become characters.
 *
 * @param charset the IANA name
 * @param malformed byte sequences that the charset does not allow and that were replaced
 * @param reason what in the bytes speaks for it
 */
public record Encoding(String charset, int malformed, String reason) {}
