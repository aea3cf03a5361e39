// SPDX-License-Identifier: Apache-2.0
/** Tests of the shell in virtual time, against a model of the log. */
@NullMarked
package dev.omnibridge.orchestrator.run;

import org.jspecify.annotations.NullMarked;
