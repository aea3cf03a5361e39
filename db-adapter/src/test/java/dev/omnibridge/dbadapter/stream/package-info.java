// SPDX-License-Identifier: Apache-2.0
/** Tests of the relays, without a broker. */
@NullMarked
package dev.omnibridge.dbadapter.stream;

import org.jspecify.annotations.NullMarked;
