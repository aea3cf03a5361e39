// SPDX-License-Identifier: Apache-2.0
/** The user's stories against a running suite, and the rules that hold across all modules. */
@NullMarked
package dev.omnibridge.e2e;

import org.jspecify.annotations.NullMarked;
