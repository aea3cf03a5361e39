// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code ./bridge}: the whole suite in one process, the client for people and scripts,
 * and the demo. Everything but {@code suite} talks to the services over gRPC only.
 */
@NullMarked
package dev.omnibridge.bridge;

import org.jspecify.annotations.NullMarked;
