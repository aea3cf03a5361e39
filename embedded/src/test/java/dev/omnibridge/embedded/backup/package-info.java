// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.omnibridge.embedded.backup;

import org.jspecify.annotations.NullMarked;
