// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The numbers of one process, with those of its JVM among them. Names begin with {@code
 * omnibridge_}; a name has at most {@value #MOST_SERIES} combinations of labels, and further ones
 * are not kept, so that no value from outside can fill the memory. For any thread.
 */
public final class Metrics implements AutoCloseable {
  /** What {@link #scrape} gives, as HTTP names it. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final Logger log = LoggerFactory.getLogger(Metrics.class);
  private static final String PREFIX = "omnibridge_";
  private static final int MOST_SERIES = 500;

  /** Where the buckets of a timer end. */
  private static final Duration[] BUCKETS =
      Stream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<String, Set<Meter.Id>> series = new ConcurrentHashMap<>();
  private @Nullable JvmGcMetrics collections;

  public Metrics() {
    registry.config().meterFilter(bounded());
  }

  /** When somebody looks for the first time; until then it would only make a start longer. */
  private synchronized void watchTheJvm() {
    if (collections != null || registry.isClosed()) {
      return;
    }
    new ClassLoaderMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    var pauses = new JvmGcMetrics();
    pauses.bindTo(registry);
    collections = pauses;
  }

  private MeterFilter bounded() {
    return new MeterFilter() {
      @Override
      public MeterFilterReply accept(Meter.Id id) {
        return kept(id) ? MeterFilterReply.NEUTRAL : MeterFilterReply.DENY;
      }
    };
  }

  private boolean kept(Meter.Id id) {
    Set<Meter.Id> known = series.computeIfAbsent(id.getName(), _ -> ConcurrentHashMap.newKeySet());
    if (known.contains(id) || known.size() < MOST_SERIES) {
      boolean isNew = known.add(id);
      if (isNew && known.size() == MOST_SERIES) {
        log.atWarn().addKeyValue("metric", id.getName()).log("metric takes no further labels");
      }
      return true;
    }
    return false;
  }

  /** Something that is counted, never backwards. Labels are names and values by turns. */
  public Counter counter(String name, String meaning, String... labels) {
    return Counter.builder(named(name)).description(meaning).tags(labels).register(registry);
  }

  /** What somebody else counts already; the last one of a name and labels counts. */
  public void count(String name, String meaning, AtomicLong counted, String... labels) {
    registry.find(named(name)).tags(labels).functionCounters().forEach(this::forget);
    FunctionCounter.builder(name, counted, AtomicLong::get)
        .description(meaning)
        .tags(labels)
        .register(registry);
  }

  /** How long something takes, with buckets from 1 ms to 10 s. Labels are names and values. */
  public Timer timer(String name, String meaning, String... labels) {
    return Timer.builder(named(name))
        .description(meaning)
        .tags(labels)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  /**
   * A value that is asked for whenever somebody looks, so asking must be cheap. The last one of a
   * name and labels counts; it ends when it is closed.
   */
  public Watched gauge(String name, String meaning, Supplier<Number> value, String... labels) {
    registry.find(named(name)).tags(labels).gauges().stream()
        .filter(gauge -> gauge.getId().getTags().size() * 2 == labels.length)
        .forEach(this::forget);
    Gauge gauge = Gauge.builder(name, value).description(meaning).tags(labels).register(registry);
    return () -> forget(gauge);
  }

  private void forget(Meter meter) {
    registry.remove(meter);
    series.getOrDefault(meter.getId().getName(), Set.of()).remove(meter.getId());
  }

  private static String named(String name) {
    if (!name.startsWith(PREFIX)) {
      throw new IllegalArgumentException(name + " does not begin with " + PREFIX);
    }
    return name;
  }

  /** For libraries that measure themselves; their names are their own. */
  public MeterRegistry registry() {
    return registry;
  }

  /** Everything, in the text format of Prometheus. May take some milliseconds. */
  public String scrape() {
    watchTheJvm();
    return registry.scrape();
  }

  @Override
  public synchronized void close() {
    registry.close();
    JvmGcMetrics watching = collections;
    if (watching != null) {
      watching.close();
    }
  }

  /** A gauge that is looked at until it is closed. */
  public interface Watched extends AutoCloseable {
    @Override
    void close();
  }
}
