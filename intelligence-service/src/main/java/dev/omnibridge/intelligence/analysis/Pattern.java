// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

/**
 * A feature found in the content, with how often and where first.
 *
 * @param name in kebab-case
 * @param line of the first occurrence, counted from 1; 0 when it concerns the whole content
 */
public record Pattern(String name, String description, int count, int line) {}
