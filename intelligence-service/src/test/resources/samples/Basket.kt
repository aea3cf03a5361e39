package shop

import kotlin.math.max

data class Item(val name: String, val price: Long)

sealed interface Total

class Basket(private val items: List<Item>) {
  private val count by lazy { items.size }

  fun total(): Long {
    var sum = 0L
    for (item in items) {
      sum += when {
        item.price < 0 -> 0
        else -> item.price
      }
    }
    return max(sum, 0)
  }

  override fun toString(): String = "Basket($count)"

  companion object {
    fun empty() = Basket(listOf())
  }
}

fun main() {
  println(Basket.empty().total())
}
