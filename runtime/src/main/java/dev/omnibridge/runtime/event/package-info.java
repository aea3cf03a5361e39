// SPDX-License-Identifier: Apache-2.0
/**
 * What an event looks like outside: the catalogue, the OnexEnvelopeV1 and its CloudEvents headers.
 */
@NullMarked
package dev.omnibridge.runtime.event;

import org.jspecify.annotations.NullMarked;
