// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The Kafka headers of an event: CloudEvents 1.0 in binary mode, and where the log holds it. Header
 * names are pinned by the CloudEvents Kafka binding; ours start with "ob_".
 */
public final class EventHeaders {
  public static final String CONTENT_TYPE = "content-type";

  /** How the content type of a CloudEvent in structured mode begins. */
  public static final String STRUCTURED_TYPE = "application/cloudevents+json";

  /** The W3C trace context in which the event came to be. */
  public static final String TRACEPARENT = "traceparent";

  public static final String ID = "ce_id";
  public static final String SOURCE = "ce_source";
  public static final String SPEC_VERSION = "ce_specversion";
  public static final String TYPE = "ce_type";
  public static final String TIME = "ce_time";
  public static final String SUBJECT = "ce_subject";
  public static final String CORRELATION_ID = "ce_correlationid";
  public static final String CAUSATION_ID = "ce_causationid";
  public static final String PARTITION_KEY = "ce_partitionkey";

  /**
   * The log that the event is from; a consumer that sees its own log's id has the event already.
   */
  public static final String LOG_ID = "ob_log_id";

  /** Kind, namespace and id of the stream, joined by "/" (an id may contain "/"). */
  public static final String STREAM = "ob_stream";

  /** Version in the stream, decimal. */
  public static final String VERSION = "ob_version";

  /** Lane of the log, decimal. */
  public static final String LANE = "ob_lane";

  /** Position in the lane, decimal. */
  public static final String POSITION = "ob_position";

  /** "true" in a record of an event that was sent before, and was sent again on demand. */
  public static final String REPUBLISHED = "ob_republished";

  /**
   * Epoch of the log in which it gave the position, decimal; none means 1. Positions of two epochs
   * are not to be compared.
   */
  public static final String EPOCH = "ob_epoch";

  private EventHeaders() {}

  /** What a record's headers are made of; empty ids are left out. */
  public record Origin(
      String eventId,
      String producer,
      String type,
      String time,
      String correlationId,
      String causationId,
      String logId,
      String stream,
      long version,
      int lane,
      long position,
      long epoch) {}

  /**
   * The headers of a record, in their pinned order.
   *
   * @param key the record's key
   * @param traceparent empty when the event has none
   */
  public static Map<String, byte[]> of(Origin origin, String key, String traceparent) {
    var headers = new LinkedHashMap<String, byte[]>();
    put(headers, CONTENT_TYPE, "application/json");
    put(headers, ID, origin.eventId());
    put(headers, SOURCE, "/omnibridge/" + origin.producer());
    put(headers, SPEC_VERSION, "1.0");
    put(headers, TYPE, origin.type());
    put(headers, TIME, origin.time());
    put(headers, SUBJECT, origin.stream());
    put(headers, CORRELATION_ID, origin.correlationId());
    put(headers, CAUSATION_ID, origin.causationId());
    put(headers, PARTITION_KEY, key);
    put(headers, TRACEPARENT, traceparent);
    put(headers, LOG_ID, origin.logId());
    put(headers, STREAM, origin.stream());
    put(headers, VERSION, Long.toString(origin.version()));
    put(headers, LANE, Integer.toString(origin.lane()));
    put(headers, POSITION, Long.toString(origin.position()));
    put(headers, EPOCH, Long.toString(origin.epoch()));
    return headers;
  }

  private static void put(Map<String, byte[]> headers, String key, String value) {
    if (!value.isEmpty()) {
      headers.put(key, value.getBytes(StandardCharsets.UTF_8));
    }
  }
}
