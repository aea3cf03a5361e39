// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import java.util.List;

/** What one poll brought: one slice per partition, none of them empty. */
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
}
