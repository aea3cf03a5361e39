// SPDX-License-Identifier: Apache-2.0

/**
 * A project as a whole: its files and directories with what each is for, what belongs together, and
 * figures; asked in words, and walked through. Pure.
 */
@NullMarked
package dev.omnibridge.intelligence.tree;

import org.jspecify.annotations.NullMarked;
