// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import dev.omnibridge.api.log.v1.ConsumerPartition;
import java.util.LinkedHashMap;
import java.util.List;

/** What is handled together: one slice per partition, none of them empty. */
public record Batch(List<Slice> slices) {
  public Batch {
    slices = List.copyOf(slices);
  }

  /** Records in all slices. */
  public int size() {
    return slices.stream().mapToInt(slice -> slice.records().size()).sum();
  }

  /** True when there is nothing to do. */
  public boolean isEmpty() {
    return slices.isEmpty();
  }

  /** This and what came after it. */
  Batch with(Batch later) {
    var joined = new LinkedHashMap<ConsumerPartition, Slice>();
    slices.forEach(slice -> joined.put(slice.partition(), slice));
    later.slices.forEach(slice -> joined.merge(slice.partition(), slice, Slice::with));
    return new Batch(List.copyOf(joined.values()));
  }
}
