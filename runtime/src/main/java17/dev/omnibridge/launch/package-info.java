// SPDX-License-Identifier: Apache-2.0
/**
 * The first class of every process. It is compiled for Java 17 and uses nothing of the suite, so
 * that also an older Java can say what is needed instead of failing on the class files.
 */
@NullMarked
package dev.omnibridge.launch;

import org.jspecify.annotations.NullMarked;
