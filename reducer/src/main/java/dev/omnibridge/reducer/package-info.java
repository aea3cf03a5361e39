// SPDX-License-Identifier: Apache-2.0
/**
 * Folds the stream into queryable state: the state machine of every workflow, and what each
 * namespace adds up to. Consumes Kafka, commits through db-adapter, answers over gRPC.
 */
@NullMarked
package dev.omnibridge.reducer;

import org.jspecify.annotations.NullMarked;
