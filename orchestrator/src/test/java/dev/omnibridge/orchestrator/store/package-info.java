// SPDX-License-Identifier: Apache-2.0
/** Tests of the way to the log. */
@NullMarked
package dev.omnibridge.orchestrator.store;

import org.jspecify.annotations.NullMarked;
