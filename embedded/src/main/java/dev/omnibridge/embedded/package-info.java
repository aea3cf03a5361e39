// SPDX-License-Identifier: Apache-2.0
/**
 * A real PostgreSQL and a real Kafka broker without Docker. Both keep their state in a directory
 * that the caller names and find it again after a restart or a kill; both listen on loopback only;
 * every start and stop has a limit. The bridge runs the suite on them, the testkit tests on them.
 */
@NullMarked
package dev.omnibridge.embedded;

import org.jspecify.annotations.NullMarked;
