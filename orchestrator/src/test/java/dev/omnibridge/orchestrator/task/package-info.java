// SPDX-License-Identifier: Apache-2.0
/** Tests of what becomes of the answers of called services. */
@NullMarked
package dev.omnibridge.orchestrator.task;

import org.jspecify.annotations.NullMarked;
