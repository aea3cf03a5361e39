// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.Fault.Violation;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Faults as google.rpc.Status and back: one ErrorInfo always, BadRequest for field violations,
 * RetryInfo where waiting helps (AIP-193).
 */
public final class Statuses {
  /** The domain of every ErrorInfo of the suite. */
  public static final String DOMAIN = "omnibridge.dev";

  private static final Logger log = LoggerFactory.getLogger(Statuses.class);
  private static final long RETRY_AFTER_MILLIS = 250;

  /**
   * A client takes 8 KiB of trailers and resets the call beyond: the sentence is in them twice, as
   * text and with the rest in base64.
   */
  private static final int MOST_SENTENCE = 1_800;

  private static final int MOST_VIOLATIONS = 1_500;
  private static final int MOST_VIOLATION = 500;

  private Statuses() {}

  /** The fault behind any failure; what nobody expected is BROKEN and logged here, once. */
  public static Fault faultOf(Throwable failure) {
    return switch (failure) {
      case Fault fault -> fault;
      case StatusRuntimeException e -> fromStatus(e.getStatus(), e);
      case StatusException e -> fromStatus(e.getStatus(), e);
      case CompletionException e when e.getCause() != null -> faultOf(e.getCause());
      case ExecutionException e when e.getCause() != null -> faultOf(e.getCause());
      default -> {
        log.atError().setCause(failure).log("unexpected failure");
        yield Fault.broken();
      }
    };
  }

  /**
   * The fault behind a failure that somebody is told of in words, within an answer or an event;
   * what is BROKEN and brings its cause is logged here, where it is told that it is.
   */
  public static Fault told(Throwable failure) {
    Fault fault = faultOf(failure);
    if (fault.kind() == Kind.BROKEN && fault.getCause() != null) {
      log.atError().setCause(fault.getCause()).log("somebody is told of what is broken here");
    }
    return fault;
  }

  /** The exception that carries a fault to the caller, who is told by it. */
  public static StatusRuntimeException toException(Fault fault) {
    var unused = told(fault);
    var status =
        com.google.rpc.Status.newBuilder()
            .setCode(fault.kind().code().value())
            .setMessage(within(MOST_SENTENCE, fault.sentence()))
            .addDetails(Any.pack(errorInfo(fault)));
    if (!fault.violations().isEmpty()) {
      status.addDetails(Any.pack(badRequest(fault.violations())));
    }
    if (fault.kind() == Kind.EXHAUSTED || fault.kind() == Kind.UNAVAILABLE) {
      status.addDetails(
          Any.pack(
              RetryInfo.newBuilder()
                  .setRetryDelay(Durations.fromMillis(RETRY_AFTER_MILLIS))
                  .build()));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }

  private static ErrorInfo errorInfo(Fault fault) {
    return ErrorInfo.newBuilder()
        .setDomain(DOMAIN)
        .setReason(fault.reason())
        .putAllMetadata(fault.facts())
        // Whoever is told was sent its call.
        .removeMetadata(Fault.SENT)
        .build();
  }

  /** The first of them, as many as there is room for. */
  private static BadRequest badRequest(List<Violation> violations) {
    var request = BadRequest.newBuilder();
    int room = MOST_VIOLATIONS;
    for (Violation violation : violations) {
      var told =
          BadRequest.FieldViolation.newBuilder()
              .setField(within(MOST_VIOLATION, violation.field()))
              .setDescription(within(MOST_VIOLATION, violation.description()))
              .build();
      room -= told.getSerializedSize();
      if (room < 0) {
        break;
      }
      request.addFieldViolations(told);
    }
    return request.build();
  }

  /** As much of a text as takes so many bytes where everything but ASCII takes three for one. */
  private static String within(int most, String text) {
    int bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes += c < ' ' || c == '%' || c == 0x7F ? 3 : c < 0x80 ? 1 : c < 0x800 ? 6 : 9;
      if (bytes > most) {
        int end = Character.isLowSurrogate(c) ? i - 1 : i;
        return text.substring(0, end) + "...";
      }
    }
    return text;
  }

  private static Fault fromStatus(Status status, Exception carrier) {
    Kind kind = kindOf(status.getCode());
    com.google.rpc.Status details = StatusProto.fromThrowable(carrier);
    String reason = "GRPC_" + status.getCode().name();
    Map<String, String> facts = Map.of();
    var violations = new ArrayList<Violation>();
    if (details != null) {
      for (Any detail : details.getDetailsList()) {
        try {
          if (detail.is(ErrorInfo.class)) {
            var told = detail.unpack(ErrorInfo.class);
            reason = told.getReason();
            facts = told.getMetadataMap();
          } else if (detail.is(BadRequest.class)) {
            detail.unpack(BadRequest.class).getFieldViolationsList().stream()
                .map(told -> new Violation(told.getField(), told.getDescription()))
                .forEach(violations::add);
          }
        } catch (InvalidProtocolBufferException unreadable) {
          log.atWarn().setCause(unreadable).log("status detail cannot be read");
        }
      }
    }
    String description = status.getDescription();
    String sentence =
        description == null || description.isEmpty() ? sentenceFor(kind) : description;
    return Fault.of(kind, reason, sentence).withFacts(facts).withViolations(violations);
  }

  private static String sentenceFor(Kind kind) {
    return switch (kind) {
      case UNAVAILABLE -> "The service cannot be reached.";
      case TIMEOUT -> "The deadline was over before an answer came.";
      case CANCELLED -> "The call was cancelled.";
      default -> "The call failed (" + kind.code() + ").";
    };
  }

  private static Kind kindOf(Status.Code code) {
    return switch (code) {
      case INVALID_ARGUMENT -> Kind.INVALID;
      case NOT_FOUND -> Kind.NOT_FOUND;
      case ALREADY_EXISTS -> Kind.EXISTS;
      case FAILED_PRECONDITION -> Kind.REFUSED;
      case ABORTED -> Kind.CONFLICT;
      case RESOURCE_EXHAUSTED -> Kind.EXHAUSTED;
      case OUT_OF_RANGE -> Kind.OUT_OF_RANGE;
      case UNAVAILABLE -> Kind.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> Kind.TIMEOUT;
      case CANCELLED -> Kind.CANCELLED;
      case OK, UNKNOWN, PERMISSION_DENIED, UNIMPLEMENTED, INTERNAL, DATA_LOSS, UNAUTHENTICATED ->
          Kind.BROKEN;
    };
  }
}
