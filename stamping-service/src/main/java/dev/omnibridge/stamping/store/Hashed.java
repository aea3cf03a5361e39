// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.store;

import dev.omnibridge.stamping.stamp.Digests;
import dev.omnibridge.stamping.stamp.HashedBy;
import java.time.Duration;

/** The digests of a file, who computed them, and the time that it took if it was the server. */
public record Hashed(Digests digests, HashedBy by, Duration took) {}
