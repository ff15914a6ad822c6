// Keyframe: what a model knows besides its blocks and bytes. Damage that was found, and where
// blocks come from. See keyframe.hpp.
//
//     stains · damages · files · sites [number, file, line] · graves, the oldest first
#include <algorithm>
#include <type_traits>
#include <vector>

#include "model/keyframe.hpp"
#include "model/packed.hpp"

namespace mempool::viz {

namespace {

void each_field(auto& damage, auto visit) {
  visit(damage.number), visit(damage.side), visit(damage.first), visit(damage.damaged);
  visit(damage.size), visit(damage.good_call), visit(damage.bad_call);
}

void pack_one(const Damage& damage, std::string& out) {
  each_field(damage, [&](u64 field) { put(out, field); });
}

Damage unpack_one(Unpack& in) {
  Damage damage;
  each_field(damage, [&](auto& field) {
    field = static_cast<std::remove_reference_t<decltype(field)>>(in.number());
  });
  return damage;
}

}  // namespace

void Keyframe::pack_damage(const Model& model, std::string& out) {
  put(out, model.stains.size());
  for (const auto& [first, stain] : model.stains) pack_one(stain, out);
  put(out, model.found_);
  put(out, model.damages.size());
  for (const Damage& damage : model.damages) pack_one(damage, out);
}

bool Keyframe::unpack_damage(Unpack& in, Model& model) {
  const u64 stains = in.number();
  for (u64 i = 0; i < stains && !in.bad(); ++i) {
    const Damage stain = unpack_one(in);
    if (stain.first >= model.capacity || stain.damaged > model.capacity - stain.first) return false;
    model.stains.insert_or_assign(stain.first, stain);
  }
  model.found_ = in.number();
  const u64 damages = in.number();
  if (damages > Model::most_damages) return false;
  for (u64 i = 0; i < damages && !in.bad(); ++i) model.damages.push_back(unpack_one(in));
  return !in.bad();
}

void Keyframe::pack_origins(const Origins& origins, std::string& out) {
  put(out, origins.files_.size());
  for (const std::string& file : origins.files_) put_text(out, file);
  std::vector<u64> numbers;
  for (const auto& [number, place] : origins.live_) numbers.push_back(number);
  std::ranges::sort(numbers);
  put(out, numbers.size());
  u64 last = 0;
  for (const u64 number : numbers) {
    const Origins::Place& place = origins.live_.at(number);
    put_delta(out, last, number);
    put(out, place.file);
    put(out, place.line);
    last = number;
  }
  put(out, origins.graves_.size());
  for (std::size_t i = 0; i < origins.graves_.size(); ++i) {
    const Grave& grave = origins.graves_[(origins.oldest_ + i) % origins.graves_.size()];
    for (const u64 field :
         {grave.number, grave.offset, grave.size, grave.payload, grave.call, grave.clean_call,
          grave.file == Origins::none ? 0 : u64{grave.file} + 1, grave.line})
      put(out, field);
  }
}

bool Keyframe::unpack_origins(Unpack& in, Origins& origins) {
  const u64 files = in.number();
  for (u64 i = 0; i < files && !in.bad(); ++i)
    if (origins.file_number(in.text()) != i) return false;
  const u64 sites = in.number();
  u64 number = 0;
  for (u64 i = 0; i < sites && !in.bad(); ++i) {
    number = in.delta(number);
    const u64 file = in.number();
    const u64 line = in.number();
    if (file >= files) return false;
    origins.live_[number] = {static_cast<u32>(file), line};
  }
  const u64 graves = in.number();
  if (graves > Origins::most_graves) return false;
  for (u64 i = 0; i < graves && !in.bad(); ++i) {
    Grave grave;
    for (u64* field : {&grave.number, &grave.offset, &grave.size, &grave.payload, &grave.call,
                       &grave.clean_call})
      *field = in.number();
    const u64 file = in.number();
    grave.line = in.number();
    if (file > files) return false;
    grave.file = file == 0 ? Origins::none : static_cast<u32>(file - 1);
    origins.graves_.push_back(grave);
  }
  return !in.bad();
}

}  // namespace mempool::viz
