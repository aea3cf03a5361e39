// SPDX-License-Identifier: Apache-2.0
/**
 * The files of the user: which ones a path means (ignore rules as git has them), what their digests
 * are, lists of digests as b3sum writes them, and files that are replaced without a moment at which
 * they are half written. Nothing here knows of the suite or of the terminal.
 */
@NullMarked
package dev.omnibridge.bridge.files;

import org.jspecify.annotations.NullMarked;
