// SPDX-License-Identifier: Apache-2.0
/** Tests of the definition package: pure, without any clock or I/O. */
@NullMarked
package dev.omnibridge.orchestrator.definition;

import org.jspecify.annotations.NullMarked;
