// Shape: the picture that specs compare. Used and free blocks in address order: "U64 F192".
// Knows the model, so whatever can be folded can be compared.
#pragma once

#include <string>

#include "model/model.hpp"

namespace mempool::tests {

/// "U64 U64 F128"; "" for a pool that is not there.
[[nodiscard]] std::string shape(const viz::Model& model);

/// The same with names: "#0:64 #1:64 f1:128".
[[nodiscard]] std::string named_shape(const viz::Model& model);

}  // namespace mempool::tests
