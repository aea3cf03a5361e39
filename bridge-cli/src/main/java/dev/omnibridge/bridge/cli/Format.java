// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

/** For whom results are printed. */
enum Format {
  /** People. */
  TEXT,
  /** Scripts: one JSON document, or one per line for what goes on. */
  JSON
}
