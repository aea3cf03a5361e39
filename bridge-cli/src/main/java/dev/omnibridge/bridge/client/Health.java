// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

/** What an instance of a service says of itself. */
public enum Health {
  SERVING,
  NOT_SERVING,
  /** The process answers, but the service is not in it. */
  NOT_OFFERED,
  /** No answer in time. */
  UNREACHABLE
}
