// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

/** The name of a stream. */
public record StreamKey(String kind, String namespace, String id) {}
