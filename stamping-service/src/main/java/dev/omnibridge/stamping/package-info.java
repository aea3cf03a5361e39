// SPDX-License-Identifier: Apache-2.0
/**
 * The stamping service proves what an artifact is: it hashes bytes with BLAKE3, records one stamp
 * for every file hash of a namespace in the log, and checks stamps that are written into texts.
 */
@NullMarked
package dev.omnibridge.stamping;

import org.jspecify.annotations.NullMarked;
