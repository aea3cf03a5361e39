// SPDX-License-Identifier: Apache-2.0
/**
 * The core of the tamper-evident log: records, the Merkle tree over them, proofs, signed
 * checkpoints and bundles, and how a record is compared with the row and the event that it stands
 * for. Nothing here asks anybody anything, so that a client verifies with the same code and no
 * service.
 */
@NullMarked
package dev.omnibridge.stamping.merkle;

import org.jspecify.annotations.NullMarked;
