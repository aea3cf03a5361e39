// SPDX-License-Identifier: Apache-2.0
/**
 * CORE. What a question may ask and how its pages follow each other. No clock, no I/O, no logging.
 */
@NullMarked
package dev.omnibridge.dbadapter.query;

import org.jspecify.annotations.NullMarked;
