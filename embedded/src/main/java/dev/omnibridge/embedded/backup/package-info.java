// SPDX-License-Identifier: Apache-2.0
/**
 * Backups of an embedded PostgreSQL: base backups of the running server through PostgreSQL's own
 * low-level API, the archive of the write-ahead log between them, their verification, and the way
 * back to a time or to the end of the archive. Knows nothing of what is in the database.
 */
@NullMarked
package dev.omnibridge.embedded.backup;

import org.jspecify.annotations.NullMarked;
