// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

/** What a fault can befall: every process of the world. */
enum Target {
  FIRST_ORCHESTRATOR,
  SECOND_ORCHESTRATOR,
  DB_ADAPTER,
  STAMPING,
  INTELLIGENCE,
  REDUCER,
  BROKER,
  DATABASE
}
