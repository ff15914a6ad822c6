// History: packed entries, found by reading.
#include "model/history.hpp"

#include <utility>

#include "model/packed.hpp"

namespace mempool::viz {

namespace {

constexpr std::size_t chunk_size = 1 << 16;

template <class Wanted>
std::optional<Freed> find_in(std::string_view chunk, Wanted wanted) {
  std::optional<Freed> found;
  u64 at = 0;
  Freed freed;
  for (Unpack in(chunk); !in.at_end();) {
    at = in.delta(at);
    freed.number = in.delta(freed.number);
    freed.call = in.delta(freed.call);
    if (!in.bad() && wanted(at, freed)) found = freed;
  }
  return found;
}

}  // namespace

void History::add(u64 payload, Freed freed) {
  put_delta(last_, written_.payload, payload);
  put_delta(last_, written_.freed.number, freed.number);
  put_delta(last_, written_.freed.call, freed.call);
  written_ = {payload, freed};
  if (last_.size() >= chunk_size) seal();
}

void History::seal() {
  chunks_.push_back(std::make_shared<const std::string>(std::exchange(last_, {})));
  written_ = {};
}

const std::vector<History::Chunk>& History::chunks() {
  if (!last_.empty()) seal();
  return chunks_;
}

void History::add_chunk(Chunk chunk) {
  if (!last_.empty()) seal();
  chunks_.push_back(std::move(chunk));
}

template <class Wanted>
std::optional<Freed> History::newest(Wanted wanted) const {
  std::optional<Freed> found = find_in(last_, wanted);
  for (auto chunk = chunks_.rbegin(); chunk != chunks_.rend() && !found; ++chunk)
    found = find_in(**chunk, wanted);
  return found;
}

std::optional<Freed> History::find(u64 payload) const {
  return newest([payload](u64 at, const Freed&) { return at == payload; });
}

std::optional<u64> History::call_of(u64 number) const {
  const auto found = newest([number](u64, const Freed& freed) { return freed.number == number; });
  return found ? std::optional(found->call) : std::nullopt;
}

}  // namespace mempool::viz
