// SPDX-License-Identifier: Apache-2.0
/** From Kafka's records to commits: decode, fold, and append state, position and intents as one. */
@NullMarked
package dev.omnibridge.reducer.stream;

import org.jspecify.annotations.NullMarked;
