// SPDX-License-Identifier: Apache-2.0
/** The verbs of the command: what they take, and what they print. */
@NullMarked
package dev.omnibridge.bridge.cli;

import org.jspecify.annotations.NullMarked;
