// Aside: a value that most rows do not have, kept outside of them, so that rows stay small. It is
// its row's: copied with it and gone with it.
#pragma once

#include <memory>
#include <utility>

namespace mempool::viz {

template <class T>
class Aside {
 public:
  Aside() = default;
  Aside(Aside&&) noexcept = default;
  Aside& operator=(Aside&&) noexcept = default;
  Aside(const Aside& other) : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}
  Aside& operator=(const Aside& other) { return *this = Aside(other); }
  ~Aside() = default;

  /// nullptr if there is none.
  [[nodiscard]] const T* get() const { return value_.get(); }
  /// The value; it is made if there is none.
  [[nodiscard]] T& make() {
    if (!value_) value_ = std::make_unique<T>();
    return *value_;
  }
  void reset() { value_.reset(); }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace mempool::viz
