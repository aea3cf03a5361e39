// SPDX-License-Identifier: Apache-2.0
/** Tests of the workflow package: pure, without any clock or I/O. */
@NullMarked
package dev.omnibridge.orchestrator.workflow;

import org.jspecify.annotations.NullMarked;
