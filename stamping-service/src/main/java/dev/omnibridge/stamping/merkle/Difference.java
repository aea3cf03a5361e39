// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

/** Where something is not what a record says: which field, what it must be, and what it is. */
public record Difference(String field, String expected, String found) {}
