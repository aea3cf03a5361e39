// SPDX-License-Identifier: Apache-2.0
/**
 * How the command reaches the services: addresses, deadlines, bounded retries, streams with
 * back-pressure.
 */
@NullMarked
package dev.omnibridge.bridge.client;

import org.jspecify.annotations.NullMarked;
