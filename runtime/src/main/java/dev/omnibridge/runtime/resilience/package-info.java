// SPDX-License-Identifier: Apache-2.0
/** The circuit breaker around asynchronous calls. */
@NullMarked
package dev.omnibridge.runtime.resilience;

import org.jspecify.annotations.NullMarked;
