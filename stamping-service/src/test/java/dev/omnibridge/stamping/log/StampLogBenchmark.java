// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import static dev.omnibridge.stamping.log.StampLogRig.audit;
import static dev.omnibridge.stamping.log.StampLogRig.checkpoint;
import static dev.omnibridge.stamping.log.StampLogRig.log;
import static dev.omnibridge.stamping.log.StampLogRig.stamp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.stamping.v1.AuditVerdict;
import dev.omnibridge.api.stamping.v1.GetInclusionProofRequest;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.testkit.TestPostgres;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long an audit of a million stamps takes, and an inclusion proof, over gRPC and HTTP/2 on
 * loopback between client, stamping service and db-adapter. The stamps are made by the server
 * itself. Another number: {@code -Dbench.stamps=100000}.
 */
@Tag("benchmark")
class StampLogBenchmark {
  private static final long STAMPS = Long.getLong("bench.stamps", 1_000_000L);
  private static final int AUDITS = 6;
  private static final int PROOFS = 3_000;

  static final String LOAD =
      """
      insert into metadata_stamps
        (namespace, file_hash, content_hash, stamp_id, file_path, file_size, content_type, version,
         stamp_data, run_id, op_id, created_at, updated_at, stamped_at, leaf_index)
      select 'bench', hash, hash, id, 'src/main/java/dev/example/module/File' || i || '.java', i,
             'text/x-java', 1,
             ('{"metadata":{"project":"example"},"stamp":"# ONEX:uid=' || id || ',hash=' || hash
               || ',ts=' || to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS')
               || case when i %% 1000 = 0 then '' else to_char(at, '.MS') end || 'Z"}')::json,
             null, md5('op' || i)::uuid, at, at, at, i
        from (select i, encode(sha256(int8send(i)), 'hex') as hash, md5('id' || i)::uuid as id,
                     timestamptz '2026-11-21 10:00:00Z' + i * interval '1 ms' as at
                from generate_series(%1$d, %2$d) as i) as made
      """;

  static final String LOAD_LEAVES =
      """
      insert into stamp_leaves (namespace, leaf_index, record)
      select namespace, leaf_index,
             stamp_record(stamp_id, version, file_hash, content_hash, file_size, created_at,
                          stamped_at, op_id, run_id, namespace, file_path, content_type,
                          (stamp_data -> 'metadata')::text)
        from metadata_stamps where leaf_index between %1$d and %2$d order by leaf_index
      """;

  @TempDir Path directory;

  @Test
  void auditAndProofs() throws Exception {
    var database = TestPostgres.freshDatabase();
    try (var rig = new StampLogRig(database)) {
      Edge service = rig.service(directory.resolve("key.pem"));
      for (long at = 0; at < STAMPS; at += 50_000) {
        long last = Math.min(STAMPS, at + 50_000) - 1;
        rig.tamper(LOAD.formatted(at, last));
        rig.tamper(LOAD_LEAVES.formatted(at, last));
      }
      rig.tamper("insert into stamp_logs values ('bench', " + STAMPS + ")");
      rig.tamper("vacuum analyze stamp_leaves");
      rig.tamper("vacuum analyze metadata_stamps");
      var unused = stamp(service, "warm", "warm up\n");
      System.out.println(
          rig.ask(
              "select 'leaves ' || pg_size_pretty(pg_total_relation_size('stamp_leaves'))"
                  + " || ', rows ' || pg_size_pretty(pg_total_relation_size('metadata_stamps'))"));
      audits("over the network", service);
      long began = System.nanoTime();
      assertThat(checkpoint(service, "bench", 0).getSize()).isEqualTo(STAMPS);
      System.out.printf("first checkpoint, tree built: %.2f s%n", seconds(began));
      proofs(rig, service, "hash");
      proofs(rig, service, "index");
      proofs(rig, service, "hash again");
    }
    var vertx = io.vertx.core.Vertx.vertx();
    Edge edge = StampLogRig.inProcess(vertx, database, directory.resolve("key.pem"));
    audits("in one process", edge);
    edge.close().await();
    vertx.close().await();
  }

  private static void audits(String where, Edge service) {
    for (int round = 1; round <= AUDITS; round++) {
      long began = System.nanoTime();
      long processor = processorNanos();
      AuditVerdict verdict = audit(service, "bench");
      System.out.printf(
          "audit %d of %d stamps, %s: %.2f s (by itself %.2f s; %.2f s of processor in Java)%n",
          round,
          verdict.getStampsChecked(),
          where,
          seconds(began),
          verdict.getTookNanos() / 1e9,
          (processorNanos() - processor) / 1e9);
      assertThat(verdict.getIntact()).isTrue();
      assertThat(verdict.getStampsChecked()).isEqualTo(STAMPS);
    }
  }

  private static long processorNanos() {
    return ((com.sun.management.OperatingSystemMXBean)
            java.lang.management.ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }

  private static void proofs(StampLogRig rig, Edge service, String by) throws Exception {
    var random = new Random(7);
    var hashes =
        rig.ask(
            "select file_hash from metadata_stamps where leaf_index in"
                + " (select (random() * %d)::bigint from generate_series(1, %d)) and namespace = 'bench'"
                    .formatted(STAMPS - 1, PROOFS));
    long[] nanos = new long[hashes.size()];
    for (int i = 0; i < nanos.length; i++) {
      var request = GetInclusionProofRequest.newBuilder().setNamespace("bench");
      if (by.equals("index")) {
        request.setLeafIndex(random.nextLong(STAMPS));
      } else {
        request.setHash(hashes.get(i));
      }
      long began = System.nanoTime();
      var proof = log(service).getInclusionProof(request.build());
      nanos[i] = System.nanoTime() - began;
      assertThat(proof.getPathCount()).isPositive();
    }
    Arrays.sort(nanos);
    System.out.printf(
        "inclusion proof by %s, %d one after the other: p50 %.3f ms, p90 %.3f ms, p99 %.3f ms%n",
        by,
        nanos.length,
        nanos[nanos.length / 2] / 1e6,
        nanos[nanos.length * 9 / 10] / 1e6,
        nanos[nanos.length * 99 / 100] / 1e6);
  }
}
