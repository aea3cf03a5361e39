// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.store;

import dev.omnibridge.stamping.stamp.Digests;
import java.time.Duration;

/** The digests of a file, and the time that computing them took. */
public record Hashed(Digests digests, Duration took) {}
