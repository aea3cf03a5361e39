// SPDX-License-Identifier: Apache-2.0
/** Tests of the cluster. */
@NullMarked
package dev.omnibridge.runtime.cluster;

import org.jspecify.annotations.NullMarked;
