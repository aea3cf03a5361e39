// SPDX-License-Identifier: Apache-2.0
/** What people and scripts see: tables, colours, progress, JSON. */
@NullMarked
package dev.omnibridge.bridge.view;

import org.jspecify.annotations.NullMarked;
