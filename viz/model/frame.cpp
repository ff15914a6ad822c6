// Frame: an event that owns what it points to.
#include "model/frame.hpp"

#include "event/table.hpp"

namespace mempool::viz {

namespace {

bool borrows(event::Type type) {
  return type == event::Type::TEXT || type == event::Type::BYTES;
}

}  // namespace

OwnedEvent::OwnedEvent(const pool_event& event) : event_(event) {
  const event::Kind* kind = event::find(event.kind);
  if (kind == nullptr) return;
  std::size_t borrowed = 0;
  for (const event::Field& field : kind->fields)
    if (borrows(field.type) && event::present(event, field)) ++borrowed;
  if (borrowed == 0) return;
  storage_.reserve(borrowed);  // a short string moves with its vector: pointers into it must not
  for (const event::Field& field : kind->fields) {
    if (!borrows(field.type) || !event::present(event, field)) continue;
    if (field.type == event::Type::TEXT) {
      storage_.emplace_back(event::get<const char*>(event, field));
      event::set<const char*>(event_, field, storage_.back().c_str());
    } else {
      const auto bytes = event::get<pool_bytes>(event, field);
      storage_.emplace_back(reinterpret_cast<const char*>(bytes.data), bytes.size);
      const auto* data = reinterpret_cast<const u8*>(storage_.back().data());
      event::set<pool_bytes>(event_, field, {data, bytes.size});
    }
  }
}

OwnedEvent& OwnedEvent::operator=(const OwnedEvent& other) {
  OwnedEvent copy(other);
  event_ = copy.event_;
  storage_ = std::move(copy.storage_);  // takes the vector as it is: the strings stay in place
  return *this;
}

}  // namespace mempool::viz
