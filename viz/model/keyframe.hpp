// Keyframe: a model as bytes, so that a later look at the log need not read all that was before.
//
//     Model --pack--> bytes in the index ... bytes --unpack--> the same Model
//
// The history of freed blocks is not among the bytes: it only ever grows, so the index keeps it
// once and not in every keyframe (index.hpp). Unpacking is total: the bytes come from a file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/model.hpp"

namespace mempool::viz {

class Keyframe {
 public:
  /// To be changed whenever the bytes change, or what events do to a model does.
  static constexpr u32 version = 2;

  /// Equal models give equal bytes.
  [[nodiscard]] static std::string pack(const Model& model);
  /// None if the bytes are no model whose blocks lie in order within its region.
  [[nodiscard]] static std::optional<Model> unpack(std::string_view bytes, History history);

  [[nodiscard]] static History& history(Model& model) { return model.history_; }

 private:
  static void pack_blocks(const Model& model, std::string& out);
  static void pack_told(const Told& told, std::string& out);
  static void pack_damage(const Model& model, std::string& out);
  static void pack_origins(const Origins& origins, std::string& out);
  [[nodiscard]] static bool unpack_blocks(class Unpack& in, Model& model);
  [[nodiscard]] static bool add_block(Model& model, Block block, bool leads);
  [[nodiscard]] static bool unpack_told(class Unpack& in, Model& model);
  [[nodiscard]] static bool unpack_damage(class Unpack& in, Model& model);
  [[nodiscard]] static bool unpack_origins(class Unpack& in, Origins& origins);
};

}  // namespace mempool::viz
