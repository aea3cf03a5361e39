// SPDX-License-Identifier: Apache-2.0
/** Where the stories' measurements are told, when the last story has ended. */
@NullMarked
package dev.omnibridge.e2e.report;

import org.jspecify.annotations.NullMarked;
