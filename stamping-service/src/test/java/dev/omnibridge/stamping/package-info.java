// SPDX-License-Identifier: Apache-2.0
/** The stamping service as its clients see it, over a model of db-adapter and over the real one. */
@NullMarked
package dev.omnibridge.stamping;

import org.jspecify.annotations.NullMarked;
