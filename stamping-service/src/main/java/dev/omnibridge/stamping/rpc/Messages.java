// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import dev.omnibridge.api.log.v1.StampRow;
import dev.omnibridge.api.stamping.v1.HashedBy;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.api.stamping.v1.StampCheck;
import dev.omnibridge.api.stamping.v1.StampTimings;
import dev.omnibridge.api.stamping.v1.ValidateStampResponse;
import dev.omnibridge.stamping.interop.StampFacts;
import dev.omnibridge.stamping.stamp.Artifact;
import dev.omnibridge.stamping.stamp.Grade;
import dev.omnibridge.stamping.stamp.Stamp.Stamped;
import dev.omnibridge.stamping.stamp.Validation;
import dev.omnibridge.stamping.stamp.Validation.Problem;
import dev.omnibridge.stamping.store.Hashed;
import dev.omnibridge.stamping.store.StampCodec;
import org.jspecify.annotations.Nullable;

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
        .setHashedBy(hashedBy(newest.hashedBy()))
        .build();
  }

  static Stamp stamp(StampRow row) {
    StampFacts facts = StampCodec.facts(row);
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
        .setMetadata(facts.metadata())
        .setRunId(row.getRunId())
        .setOpId(row.getOpId())
        .setHashedBy(hashedBy(dev.omnibridge.stamping.stamp.HashedBy.labelled(facts.hashedBy())))
        .build();
  }

  private static HashedBy hashedBy(dev.omnibridge.stamping.stamp.HashedBy by) {
    return switch (by) {
      case SERVER -> HashedBy.HASHED_BY_SERVER;
      case CLIENT -> HashedBy.HASHED_BY_CLIENT;
    };
  }

  static StampTimings timings(Hashed hashed, long startedNanos) {
    return StampTimings.newBuilder()
        .setHashNanos(hashed.took().toNanos())
        .setTotalNanos(System.nanoTime() - startedNanos)
        .setGrade(Grade.of(hashed.took()).name())
        .build();
  }

  static ValidateStampResponse validation(Validation validation) {
    @Nullable Problem problem = validation.problem();
    var response =
        ValidateStampResponse.newBuilder()
            .setValid(validation.valid())
            .setStampsFound(validation.checks().size())
            .setCurrentHash(validation.currentHash().hex())
            .setProblem(problem == null ? "" : problem.sentence() + ".")
            .setReason(problem == null ? "" : problem.reason().name());
    for (Validation.Check check : validation.checks()) {
      response.addChecks(
          StampCheck.newBuilder()
              .setStampType(check.type().label())
              .setStampHash(check.hash() == null ? "" : check.hash().hex())
              .setValid(check.valid())
              .setLine(check.line())
              .setReason(check.reason() == null ? "" : check.reason().name())
              .setStampId(check.uid()));
    }
    return response.build();
  }
}
