// The two encodings, by name, and the room that an event needs.
#include "log/encoding.hpp"

#include "log/jsonl.hpp"
#include "log/mplog.hpp"

namespace mempool::log {

Encoding encoding_of(std::string_view path) {
  return path.ends_with(".mplog") ? Encoding::mplog : Encoding::jsonl;
}

char* write_header(Encoding encoding, char* to) {
  return encoding == Encoding::mplog ? mplog::write_header(to) : jsonl::write_header(to);
}

EventWriter event_writer(Encoding encoding) {
  return encoding == Encoding::mplog ? mplog::write_event : jsonl::write_event;
}

std::size_t size_of_data(const pool_event& event) {
  std::size_t size = 0;
  for (const event::Field& field : event::find(event.kind)->fields) {
    if (!event::present(event, field)) continue;
    if (field.type == event::Type::TEXT)
      size += std::strlen(event::get<const char*>(event, field));
    else if (field.type == event::Type::BYTES)
      size += event::get<pool_bytes>(event, field).size;
  }
  return size;
}

void write_header(Encoding encoding, std::string& out) {
  const std::size_t size = out.size();
  out.resize(size + most_bytes_without_data);
  out.resize(static_cast<std::size_t>(write_header(encoding, &out[size]) - out.data()));
}

void write_event(Encoding encoding, const pool_event& event, std::string& out) {
  const std::size_t size = out.size();
  out.resize(size + most_bytes(event));
  out.resize(static_cast<std::size_t>(event_writer(encoding)(event, &out[size]) - out.data()));
}

}  // namespace mempool::log
