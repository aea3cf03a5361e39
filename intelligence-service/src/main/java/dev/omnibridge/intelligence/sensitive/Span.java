// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.sensitive;

/**
 * Where a value stands in a text.
 *
 * @param end offset after its last character
 */
record Span(SensitiveKind kind, int start, int end, double confidence) {}
