// SPDX-License-Identifier: Apache-2.0

/**
 * What can be said about one file from its bytes and its name: type, encoding, language, figures,
 * patterns, references, and how far to trust all that. Pure: no clock, no I/O, no randomness; the
 * same input gives the same answer. Every pass is linear in the bytes looked at. {@link
 * dev.omnibridge.intelligence.analysis.ContentTypes} alone touches Tika.
 */
@NullMarked
package dev.omnibridge.intelligence.analysis;

import org.jspecify.annotations.NullMarked;
