// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import dev.omnibridge.api.log.v1.StampRow;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.api.stamping.v1.StampCheck;
import dev.omnibridge.api.stamping.v1.StampTimings;
import dev.omnibridge.api.stamping.v1.ValidateStampResponse;
import dev.omnibridge.stamping.stamp.Artifact;
import dev.omnibridge.stamping.stamp.Grade;
import dev.omnibridge.stamping.stamp.Stamp.Stamped;
import dev.omnibridge.stamping.stamp.Validation;
import dev.omnibridge.stamping.store.StampCodec;
import java.time.Duration;

/** What the core knows, as messages. */
final class Messages {
  private Messages() {}

  static Stamp stamp(Stamped stamp) {
    Artifact newest = stamp.newest();
    return Stamp.newBuilder()
        .setStampId(stamp.id().toString())
        .setNamespace(stamp.key().namespace())
        .setFileHash(stamp.key().fileHash().hex())
        .setContentHash(newest.contentHash().hex())
        .setFilePath(newest.filePath())
        .setFileSize(newest.size())
        .setContentType(newest.contentType())
        .setRevision(stamp.revision())
        .setCreateTime(StampCodec.timestamp(stamp.createdAt()))
        .setMetadata(newest.metadata())
        .setRunId(newest.runId() == null ? "" : newest.runId().toString())
        .setOpId(newest.opId().toString())
        .build();
  }

  static Stamp stamp(StampRow row) {
    return Stamp.newBuilder()
        .setStampId(row.getStampId())
        .setNamespace(row.getNamespace())
        .setFileHash(row.getFileHash())
        .setContentHash(row.getContentHash())
        .setFilePath(row.getFilePath())
        .setFileSize(row.getFileSize())
        .setContentType(row.getContentType())
        .setRevision(row.getRevision())
        .setCreateTime(row.getCreatedAt())
        .setMetadata(StampCodec.metadata(row))
        .setRunId(row.getRunId())
        .setOpId(row.getOpId())
        .build();
  }

  static StampTimings timings(Duration hashing, long startedNanos) {
    return StampTimings.newBuilder()
        .setHashNanos(hashing.toNanos())
        .setTotalNanos(System.nanoTime() - startedNanos)
        .setGrade(Grade.of(hashing).name())
        .build();
  }

  static ValidateStampResponse validation(Validation validation) {
    var response =
        ValidateStampResponse.newBuilder()
            .setValid(validation.valid())
            .setStampsFound(validation.checks().size())
            .setCurrentHash(validation.currentHash().hex())
            .setProblem(validation.problem() == null ? "" : validation.problem() + ".");
    for (Validation.Check check : validation.checks()) {
      response.addChecks(
          StampCheck.newBuilder()
              .setStampType(check.type().label())
              .setStampHash(check.hash() == null ? "" : check.hash().hex())
              .setValid(check.valid())
              .setLine(check.line()));
    }
    return response.build();
  }
}
