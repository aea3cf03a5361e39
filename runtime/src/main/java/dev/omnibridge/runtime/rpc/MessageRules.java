// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.exceptions.ValidationException;
import com.google.protobuf.Message;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Violation;
import java.util.stream.Collectors;

/**
 * Checks messages against the rules in their .proto. Every request is checked as it comes in; a
 * service checks for itself only what its .proto exempts from that.
 */
public final class MessageRules {
  private final Validator validator = ValidatorFactory.newBuilder().build();

  /** Fails with INVALID (INVALID_REQUEST) and the violations when the message breaks a rule. */
  public void check(Message message) {
    try {
      var result = validator.validate(message);
      if (!result.isSuccess()) {
        var violations =
            result.getViolations().stream()
                .map(v -> v.toProto())
                .map(v -> new Violation(FieldPaths.text(v.getField()), v.getMessage()))
                .toList();
        throw Fault.invalid(
                "INVALID_REQUEST",
                violations.stream()
                    .map(v -> v.field() + ": " + v.description())
                    .collect(Collectors.joining("; ", "The request is not valid: ", ".")))
            .withViolations(violations);
      }
    } catch (ValidationException brokenRule) {
      throw Fault.broken(brokenRule);
    }
  }
}
