// Shape: see shape.hpp.
#include "support/shape.hpp"

namespace mempool::tests {

std::string shape(const viz::Model& model) {
  std::string text;
  for (const auto& [offset, block] : model.blocks()) {
    if (!text.empty()) text += ' ';
    text += (block.used ? "U" : "F") + std::to_string(block.size);
  }
  return text;
}

std::string named_shape(const viz::Model& model) {
  std::string text;
  for (const auto& [offset, block] : model.blocks()) {
    if (!text.empty()) text += ' ';
    text += block.name() + ":" + std::to_string(block.size);
  }
  return text;
}

}  // namespace mempool::tests
