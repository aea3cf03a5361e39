// SPDX-License-Identifier: Apache-2.0
/** The main job on real input, and the checks that prove it was done. */
@NullMarked
package dev.omnibridge.bridge.demo;

import org.jspecify.annotations.NullMarked;
