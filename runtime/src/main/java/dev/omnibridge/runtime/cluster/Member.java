// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.cluster;

import java.util.Set;

/**
 * One process of the suite.
 *
 * @param id chosen anew at every start
 * @param address "host:port" of its gRPC endpoint
 * @param services names of the services it offers
 */
public record Member(String id, String address, Set<String> services) {}
