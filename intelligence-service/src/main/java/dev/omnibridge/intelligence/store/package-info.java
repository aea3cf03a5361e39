// SPDX-License-Identifier: Apache-2.0

/** Reads stored contents through db-adapter's content service. */
@NullMarked
package dev.omnibridge.intelligence.store;

import org.jspecify.annotations.NullMarked;
