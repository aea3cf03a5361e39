// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a record says about its event, wherever it says so: all but the payload. Texts are empty
 * where the record is silent; an id that has to be a UUID and is none is absent.
 *
 * @param id the producer's id, at most 1024 characters, without NUL; never empty
 * @param type at most 200 characters, without NUL; never empty
 * @param time when it happened, in the years 1 to 9999
 * @param source the producing service, or the CloudEvents source
 * @param traceparent W3C trace context, valid
 */
public record EnvelopeHead(
    String id,
    String type,
    @Nullable Instant time,
    String source,
    String namespace,
    String subject,
    @Nullable UUID correlationId,
    @Nullable UUID causationId,
    @Nullable UUID sessionId,
    String partitionKey,
    String traceparent) {}
