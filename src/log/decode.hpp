// Decoder: one line of a .jsonl log -> one event. The reading half of jsonl.hpp, and the only
// place that knows the JSON library. It does not read files and remembers nothing between lines.
//
// A line is refused when any of it is wrong, and the sentence says what: an event is whole or it
// is not there. What it may be: keys in any order; keys that this version does not know; null for
// a field that may be left out.
#pragma once

#include <mempool/event.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/units.hpp"

namespace mempool::log {

enum class Decoded {
  event,          // all its fields are there and right
  unknown_event,  // an event of a kind that this version does not know
  not_json,       // not a JSON text: may be a line that was cut short
  not_event,      // a JSON text, but not an event; no cut makes one
};

class Decoder {
 public:
  Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;
  ~Decoder();

  /// Decodes a line that is followed by Input::padding readable bytes. Text and bytes of the event
  /// are valid until the next call.
  [[nodiscard]] Decoded decode(std::string_view line, pool_event& event);

  /// What is wrong with the last line, if it was no event.
  [[nodiscard]] const std::string& what() const;

  /// The major version that a first line names; none if it is not the first line of a log.
  [[nodiscard]] std::optional<u64> header(std::string_view line);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mempool::log
