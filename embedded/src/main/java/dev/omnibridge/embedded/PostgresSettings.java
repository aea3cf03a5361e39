// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

/** How an embedded server is to run: on loopback only, sized for a laptop. */
record PostgresSettings(int port, boolean fsync) {

  /** Without fsync the two settings that only matter with it are switched off too. */
  String text() {
    var durable = fsync ? "on" : "off";
    return """
    # Written anew at every start.
    listen_addresses = '127.0.0.1'
    port = %d
    unix_socket_directories = ''
    max_connections = 60
    shared_buffers = '128MB'
    fsync = %s
    synchronous_commit = %s
    full_page_writes = %s
    wal_compression = on
    max_wal_size = '1GB'
    jit = off
    timezone = 'UTC'
    log_timezone = 'UTC'
    log_line_prefix = '%%m [%%p] '
    log_checkpoints = off
    """
            .formatted(port, durable, durable, durable)
        + archive();
  }

  /**
   * Ready for a backup, which says where the archive is and needs no restart for that: until then a
   * full WAL file is let go. Without fsync there is nothing that an archive could promise.
   */
  private String archive() {
    return fsync
        ? """
        archive_mode = on
        archive_command = 'true'
        """
        : "";
  }
}
