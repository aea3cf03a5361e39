// SPDX-License-Identifier: Apache-2.0

/**
 * Secrets and personal data in a text: what kind, on which line, how sure. Pure and linear in the
 * length of the text; a value that was found is never part of a finding.
 */
@NullMarked
package dev.omnibridge.intelligence.sensitive;

import org.jspecify.annotations.NullMarked;
