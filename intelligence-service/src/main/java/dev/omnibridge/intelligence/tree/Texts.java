// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.tree;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * Texts that stand in one string: they take what their letters take, where a list of short strings
 * takes 50 bytes and more for each. Not for texts that hold NUL, which divides them.
 */
public final class Texts extends AbstractList<String> {
  private static final String END = "\0";

  private final String joined;
  private final int size;

  private Texts(String joined, int size) {
    this.joined = joined;
    this.size = size;
  }

  /** The same texts; what is NUL in them is left out. */
  public static List<String> of(List<String> texts) {
    if (texts.isEmpty()) {
      return List.of();
    }
    if (texts instanceof Texts same) {
      return same;
    }
    List<String> clean = texts.stream().map(text -> text.replace(END, "")).toList();
    return new Texts(String.join(END, clean), clean.size());
  }

  /** About how much memory a list takes, in bytes. */
  static long bytes(List<String> texts) {
    return switch (texts) {
      case Texts compact -> Memory.OBJECT + Memory.of(compact.joined);
      default -> texts.stream().mapToLong(text -> Memory.REFERENCE + Memory.of(text)).sum();
    };
  }

  private String[] parts() {
    return joined.split(END, -1);
  }

  @Override
  public String get(int index) {
    return parts()[index];
  }

  @Override
  public Iterator<String> iterator() {
    return Arrays.asList(parts()).iterator();
  }

  @Override
  public int size() {
    return size;
  }
}
