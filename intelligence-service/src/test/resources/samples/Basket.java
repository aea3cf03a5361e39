// SPDX-License-Identifier: Apache-2.0
package shop;

import java.util.List;
import static java.util.Objects.requireNonNull;

/** What a customer wants to buy and what it costs in all. */
public final class Basket {
  private final List<Item> items;

  public Basket(List<Item> items) {
    this.items = requireNonNull(items);
  }

  // TODO round the total for currencies without cents
  public long total(boolean withTax) {
    long sum = 0;
    for (Item item : items) {
      if (item.free() && !withTax) {
        continue;
      }
      sum += item.price() > 0 ? item.price() : 0;
    }
    return sum;
  }

  @Override
  public String toString() {
    return "Basket { if (x) }";
  }

  record Item(String name, long price) {
    boolean free() {
      return price == 0;
    }
  }
}
