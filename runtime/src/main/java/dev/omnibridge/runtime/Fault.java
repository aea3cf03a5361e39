// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime;

import io.grpc.Status.Code;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every failure that may leave a service: a kind that says what the caller can do, a stable reason
 * in UPPER_SNAKE, one sentence, and the facts behind it. The reasons are listed in docs/ERRORS.md.
 */
public final class Fault extends RuntimeException {

  /** What the caller can do about a fault. */
  public enum Kind {
    /** Fix the request. */
    INVALID(Code.INVALID_ARGUMENT),
    /** Name something that exists. */
    NOT_FOUND(Code.NOT_FOUND),
    /** Another thing holds this name. */
    EXISTS(Code.ALREADY_EXISTS),
    /** Fix the state first. */
    REFUSED(Code.FAILED_PRECONDITION),
    /** A race was lost: reload and try again. */
    CONFLICT(Code.ABORTED),
    /** Too much at once: wait, then try again. */
    EXHAUSTED(Code.RESOURCE_EXHAUSTED),
    /** Asked for something beyond the end. */
    OUT_OF_RANGE(Code.OUT_OF_RANGE),
    /** A dependency is away: wait. */
    UNAVAILABLE(Code.UNAVAILABLE),
    /** The time was over first; the outcome may be unknown. */
    TIMEOUT(Code.DEADLINE_EXCEEDED),
    /** The caller went away. */
    CANCELLED(Code.CANCELLED),
    /** Our bug: logged with its stack trace once, told without internals. */
    BROKEN(Code.INTERNAL);

    private final Code code;

    Kind(Code code) {
      this.code = code;
    }

    /** The gRPC status code of this kind. */
    public Code code() {
      return code;
    }

    /** True when the same request may succeed later without any change. */
    public boolean worthRetrying() {
      return this == CONFLICT || this == UNAVAILABLE || this == EXHAUSTED || this == TIMEOUT;
    }
  }

  /** A field of a request that is wrong, and why. */
  public record Violation(String field, String description) {}

  /** The fact that is "false" where what is refused was certainly not begun. */
  public static final String TRIED = "tried";

  /**
   * The fact that is "false" where a call never left this process, so nobody has begun anything.
   */
  public static final String SENT = "sent";

  private static final long serialVersionUID = 1;

  private final Kind kind;
  private final String reason;
  private final transient Map<String, String> facts;
  private final transient List<Violation> violations;

  private Fault(
      Kind kind,
      String reason,
      String sentence,
      Map<String, String> facts,
      List<Violation> violations,
      @Nullable Throwable cause) {
    super(sentence, cause, false, cause != null);
    this.kind = kind;
    this.reason = reason;
    this.facts = facts;
    this.violations = violations;
  }

  /** A fault of a kind, without facts yet. */
  public static Fault of(Kind kind, String reason, String sentence) {
    return new Fault(kind, reason, sentence, Map.of(), List.of(), null);
  }

  /** An invalid request. */
  public static Fault invalid(String reason, String sentence) {
    return of(Kind.INVALID, reason, sentence);
  }

  /** An invalid field of a request. */
  public static Fault invalidField(String reason, String field, String sentence) {
    return new Fault(
        Kind.INVALID, reason, sentence, Map.of(), List.of(new Violation(field, sentence)), null);
  }

  /** Something that does not exist. */
  public static Fault notFound(String reason, String sentence) {
    return of(Kind.NOT_FOUND, reason, sentence);
  }

  /** A dependency that is away; the caller may wait and try again. */
  public static Fault unavailable(String reason, String sentence, @Nullable Throwable cause) {
    return new Fault(Kind.UNAVAILABLE, reason, sentence, Map.of(), List.of(), cause);
  }

  /**
   * A bug of ours; the cause is for the log, never for the caller, and is logged at the latest when
   * a caller is told.
   */
  public static Fault broken(Throwable cause) {
    return broken().causedBy(cause);
  }

  /** A bug of ours that the log has the details of already. */
  public static Fault broken() {
    return of(
        Kind.BROKEN, "INTERNAL", "Something is broken in the server; its log has the details.");
  }

  /** The same fault with one more fact; key in lower_snake, at most 64 characters. */
  public Fault with(String key, Object value) {
    var more = new LinkedHashMap<>(facts);
    more.put(key, String.valueOf(value));
    return copy(more, violations);
  }

  /** The same fault with these facts instead. */
  public Fault withFacts(Map<String, String> newFacts) {
    return copy(Map.copyOf(newFacts), violations);
  }

  /** The same fault with these field violations instead. */
  public Fault withViolations(List<Violation> newViolations) {
    return copy(facts, List.copyOf(newViolations));
  }

  private Fault causedBy(Throwable cause) {
    return new Fault(kind, reason, sentence(), facts, violations, cause);
  }

  private Fault copy(Map<String, String> newFacts, List<Violation> newViolations) {
    return new Fault(kind, reason, sentence(), newFacts, newViolations, getCause());
  }

  /** What the caller can do. */
  public Kind kind() {
    return kind;
  }

  /** Stable reason in UPPER_SNAKE. */
  public String reason() {
    return reason;
  }

  /** One sentence for people. */
  public String sentence() {
    return String.valueOf(getMessage());
  }

  /** The facts behind the sentence, by lower_snake key. */
  public Map<String, String> facts() {
    return facts;
  }

  /** The fields that are wrong; empty unless the request is invalid. */
  public List<Violation> violations() {
    return violations;
  }

  /** True for this reason. */
  public boolean is(String otherReason) {
    return reason.equals(otherReason);
  }
}
