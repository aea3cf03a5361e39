// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

/**
 * The human language of a text or of the comments in a source.
 *
 * @param code of ISO 639-1
 * @param share of the words (or letters, where the script decides) that speak for it
 */
public record NaturalLanguage(String code, String label, double share, String reason) {}
