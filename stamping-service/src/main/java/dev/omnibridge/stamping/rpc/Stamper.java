// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.CreateStampResponse;
import dev.omnibridge.api.stamping.v1.UploadStampResponse;
import dev.omnibridge.api.stamping.v1.ValidateStampRequest;
import dev.omnibridge.api.stamping.v1.ValidateStampResponse;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.stamping.stamp.Artifact;
import dev.omnibridge.stamping.stamp.Digests;
import dev.omnibridge.stamping.stamp.LightweightStamp;
import dev.omnibridge.stamping.stamp.RichStamp;
import dev.omnibridge.stamping.stamp.Stamp.Stamped;
import dev.omnibridge.stamping.stamp.StampKey;
import dev.omnibridge.stamping.stamp.StampedText;
import dev.omnibridge.stamping.stamp.Validation;
import dev.omnibridge.stamping.stamp.WrittenStamp;
import dev.omnibridge.stamping.store.ContentSource;
import dev.omnibridge.stamping.store.Hashed;
import dev.omnibridge.stamping.store.Hashing;
import dev.omnibridge.stamping.store.Stamps;
import dev.omnibridge.stamping.store.Stamps.Recorded;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Stamps one file, wherever its bytes come from: hash, record, answer. */
public final class Stamper {
  private static final int MOST_TEXT = 1024 * 1024;
  private static final int MOST_CHECKS = 1000;

  private final Stamps stamps;
  private final ContentSource content;
  private final Hashing hashing;

  public Stamper(Stamps stamps, ContentSource content, Hashing hashing) {
    this.stamps = stamps;
    this.content = content;
    this.hashing = hashing;
  }

  /** Stamps bytes that are sent along or stored by hash. */
  Future<CreateStampResponse> create(CreateStampRequest request, CallScope scope) {
    long started = System.nanoTime();
    Order order = Order.from(request.getOptions());
    @Nullable ByteString inline = request.hasContent() ? request.getContent() : null;
    checkText(order, inline);
    return hash(request, scope)
        .compose(hashed -> checked(order, hashed))
        .compose(hashed ->
            record(order, hashed, scope)
                .compose(recorded ->
                    text(order, recorded.stamp(), inline)
                        .map(text -> created(recorded, hashed, text, started))));
  }

  private Future<Hashed> hash(CreateStampRequest request, CallScope scope) {
    return request.hasContent()
        ? hashing.hash(request.getContent(), scope)
        : content.hash(Hashes.parse("content_hash", request.getContentHash()), scope);
  }

  private static void checkText(Order order, @Nullable ByteString inline) {
    if (order.wantsText() && (inline == null || inline.size() > MOST_TEXT)) {
      throw Fault.invalidField(
          "STAMPED_CONTENT_ONLY_INLINE",
          "options.return_stamped_content",
          "Stamped content is returned only for text that is sent along and has at most 1 MiB.");
    }
  }

  private static Future<Hashed> checked(Order order, Hashed hashed) {
    return order.wantsText() && !hashed.digests().text()
        ? Future.failedFuture(
            Fault.invalidField(
                "CONTENT_NOT_TEXT", "content", "A stamp can be written only into a text."))
        : Future.succeededFuture(hashed);
  }

  private Future<Recorded> record(Order order, Hashed hashed, CallScope scope) {
    Digests digests = hashed.digests();
    var artifact =
        new Artifact(
            digests.contentHash(),
            digests.size(),
            order.filePath(),
            order.contentType(),
            order.metadata(),
            order.runId(),
            order.opId(),
            hashed.took());
    var key = new StampKey(order.namespace(), digests.fileHash());
    return stamps.record(key, artifact, order.correlationId(), scope);
  }

  private Future<ByteString> text(Order order, Stamped stamp, @Nullable ByteString inline) {
    if (!order.wantsText() || inline == null) {
      return Future.succeededFuture(ByteString.EMPTY);
    }
    WrittenStamp written = order.rich() ? RichStamp.of(stamp) : LightweightStamp.of(stamp);
    return hashing.run(
        inline.size(), () -> ByteString.copyFrom(StampedText.write(inline.toByteArray(), written)));
  }

  private static CreateStampResponse created(
      Recorded recorded, Hashed hashed, ByteString text, long started) {
    return CreateStampResponse.newBuilder()
        .setStamp(Messages.stamp(recorded.stamp()))
        .setExisted(recorded.existed())
        .setStampedContent(text)
        .setTimings(Messages.timings(hashed.took(), started))
        .build();
  }

  /** Starts on a file that is streamed in. */
  Hashing.Job start(CallScope scope) {
    return hashing.start(scope);
  }

  /** Stamps a file that was streamed in. */
  Future<UploadStampResponse> finish(Order order, Hashing.Job job, CallScope scope, long started) {
    return job.finish()
        .compose(hashed ->
            record(order, hashed, scope).map(recorded -> uploaded(recorded, hashed, started)));
  }

  private static UploadStampResponse uploaded(Recorded recorded, Hashed hashed, long started) {
    return UploadStampResponse.newBuilder()
        .setStamp(Messages.stamp(recorded.stamp()))
        .setExisted(recorded.existed())
        .setTimings(Messages.timings(hashed.took(), started))
        .build();
  }

  /** Checks the stamps that are written into a text. */
  Future<ValidateStampResponse> validate(ValidateStampRequest request) {
    @Nullable Hash expected = Hashes.parseIfGiven("expected_hash", request.getExpectedHash());
    ByteString text = request.getContent();
    return hashing
        .run(text.size(), () -> Validation.of(text.toByteArray(), expected, request.getStrict()))
        .map(Stamper::bounded)
        .map(Messages::validation);
  }

  private static Validation bounded(Validation validation) {
    int found = validation.checks().size();
    if (found > MOST_CHECKS) {
      throw Fault.invalid(
              "TOO_MANY_STAMPS",
              "The text holds %d stamps; at most %d are checked.".formatted(found, MOST_CHECKS))
          .with("stamps_found", found);
    }
    return validation;
  }
}
