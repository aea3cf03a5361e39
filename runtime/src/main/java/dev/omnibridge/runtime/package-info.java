// SPDX-License-Identifier: Apache-2.0
/** What every service shares: start and stop, configuration, faults and ids. */
@NullMarked
package dev.omnibridge.runtime;

import org.jspecify.annotations.NullMarked;
