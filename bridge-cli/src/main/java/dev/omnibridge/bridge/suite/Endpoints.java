// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

/**
 * Where the parts of a suite are reached.
 *
 * @param address host:port of the gRPC services
 * @param jdbcUrl of the database, without user and password
 * @param databaseUser its user
 * @param databasePassword its password
 * @param kafka bootstrap servers
 * @param topicPrefix environment that the topics' names begin with
 */
public record Endpoints(
    String address,
    String jdbcUrl,
    String databaseUser,
    String databasePassword,
    String kafka,
    String topicPrefix) {}
