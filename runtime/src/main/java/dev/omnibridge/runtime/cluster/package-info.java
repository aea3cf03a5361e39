// SPDX-License-Identifier: Apache-2.0
/**
 * The processes of the suite that know each other. Hazelcast tells who is there, a pulse over gRPC
 * tells who answers, and nothing that is kept here is the truth about anything else.
 */
@NullMarked
package dev.omnibridge.runtime.cluster;

import org.jspecify.annotations.NullMarked;
