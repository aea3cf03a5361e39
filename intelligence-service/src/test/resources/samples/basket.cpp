#include <iostream>
#include <vector>

namespace shop {

// One thing in a basket.
class Item {
 public:
  explicit Item(int price) : price_(price) {}
  virtual ~Item() = default;
  int price() const { return price_; }

 private:
  int price_;
};

template <typename T>
auto total(const std::vector<T>& items) -> int {
  int sum = 0;
  for (const auto& item : items) {
    sum += item.price() > 0 ? item.price() : 1'000;
  }
  return sum;
}

}  // namespace shop

int main() {
  std::cout << shop::total(std::vector<shop::Item>{shop::Item{3}}) << '\n';
  return static_cast<int>(0);
}
