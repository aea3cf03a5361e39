// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

/**
 * The media type of a content, whether it reads as text, and what told so.
 *
 * @param recognisedByContent the bytes alone name this type, without the help of a file name
 */
public record ContentType(
    String mediaType, boolean text, boolean recognisedByContent, String reason) {}
