// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.StampRow;
import dev.omnibridge.api.stamping.v1.ValidateStampRequest;
import dev.omnibridge.api.stamping.v1.ValidateStampResponse;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.stamping.interop.Sidecar;
import dev.omnibridge.stamping.stamp.FoundStamp;
import dev.omnibridge.stamping.stamp.Validation;
import dev.omnibridge.stamping.stamp.Validation.Check;
import dev.omnibridge.stamping.stamp.Validation.Demands;
import dev.omnibridge.stamping.stamp.Validation.Problem;
import dev.omnibridge.stamping.stamp.Validation.Reason;
import dev.omnibridge.stamping.store.Hashing;
import dev.omnibridge.stamping.store.StampStore;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks the stamps of a content: against its bytes, and against the log where that is asked. */
public final class Checks {
  private static final int MOST_CHECKS = 1000;

  private final Hashing hashing;
  private final StampStore store;

  public Checks(Hashing hashing, StampStore store) {
    this.hashing = hashing;
    this.store = store;
  }

  Future<ValidateStampResponse> validate(ValidateStampRequest request, CallScope scope) {
    var demands =
        new Demands(
            Hashes.parseIfGiven("expected_hash", request.getExpectedHash()),
            request.getStrict(),
            !request.hasCheckTampering() || request.getCheckTampering());
    ByteString content = request.getContent();
    @Nullable FoundStamp beside =
        request.getSidecar().isEmpty() ? null : Sidecar.read(request.getSidecar().toByteArray());
    return hashing
        .run(content.size(), () -> Validation.of(content.toByteArray(), beside, demands))
        .map(Checks::bounded)
        .compose(validation ->
            request.getCheckRecorded() && validation.valid()
                ? recorded(validation, Order.namespace(request.getNamespace()), scope)
                : Future.succeededFuture(validation))
        .map(Messages::validation);
  }

  private static Validation bounded(Validation validation) {
    int found = validation.checks().size();
    if (found > MOST_CHECKS) {
      throw Fault.invalid(
              "TOO_MANY_STAMPS",
              "The content holds %d stamps; at most %d are checked.".formatted(found, MOST_CHECKS))
          .with("stamps_found", found);
    }
    return validation;
  }

  /** Whether the log has a stamp of this hash, and the stamps name it and no other. */
  private Future<Validation> recorded(Validation validation, String namespace, CallScope scope) {
    return store
        .find(namespace, validation.currentHash(), scope)
        .map(row -> against(row, validation))
        .recover(failure ->
            Statuses.faultOf(failure).kind() == Kind.NOT_FOUND
                ? Future.succeededFuture(
                    unrecorded(validation, "The log has no stamp of the content"))
                : Future.failedFuture(failure));
  }

  private static Validation against(StampRow row, Validation validation) {
    boolean same =
        validation.currentHash().hex().equals(row.getFileHash())
            && validation.checks().stream()
                .map(Check::uid)
                .allMatch(uid -> uid.isEmpty() || uid.equals(row.getStampId()));
    return same
        ? validation
        : unrecorded(validation, "A stamp is not the one that the log has of the content");
  }

  private static Validation unrecorded(Validation validation, String sentence) {
    List<Check> checks =
        validation.checks().stream()
            .map(check ->
                new Check(
                    check.type(),
                    check.uid(),
                    check.hash(),
                    check.line(),
                    check.reason() == null ? Reason.STAMP_NOT_RECORDED : check.reason()))
            .toList();
    return new Validation(
        validation.currentHash(), checks, new Problem(Reason.STAMP_NOT_RECORDED, sentence));
  }
}
