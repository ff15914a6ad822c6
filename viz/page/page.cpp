// Page: rows, and the parts put together. See page.hpp.
#include "page/page.hpp"

#include <fmt/format.h>

#include <array>

#include "event/table.hpp"
#include "markup.hpp"
#include "page/parts.hpp"

namespace mempool::viz {

namespace {

using event::Field;
using event::Type;

constexpr u64 largest_exact = (u64{1} << 53) - 1;  // of the numbers that a browser has

void append_number(u64 number, std::string& out) {
  const char* quote = number > largest_exact ? "\"" : "";
  fmt::format_to(std::back_inserter(out), "{}{}{}", quote, number, quote);
}

void append_hex(pool_bytes bytes, std::string& out) {
  static constexpr char digits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < bytes.size; ++i) {
    out += digits[bytes.data[i] >> 4];
    out += digits[bytes.data[i] & 15];
  }
}

void append_value(const pool_event& event, const Field& field, std::string& out) {
  if (!event::present(event, field)) {
    out += "null";
    return;
  }
  switch (field.type) {
    case Type::U64:
    case Type::OPT: return append_number(event::get<u64>(event, field), out);
    case Type::FLAG:
    case Type::MARK: out += event::get<u8>(event, field) != 0 ? '1' : '0'; return;
    case Type::ADDR:
    case Type::OPTADDR: out += fmt::format("\"0x{:x}\"", event::get<u64>(event, field)); return;
    case Type::TEXT: out += json_text(event::get<const char*>(event, field)); return;
    case Type::BYTES:
      out += '"';
      append_hex(event::get<pool_bytes>(event, field), out);
      out += '"';
      return;
    case Type::POLICY:
    case Type::SIDE:
    case Type::REASON:
    case Type::ERROR:
      out += json_text(event::word(field.type, event::get<u32>(event, field)));
      return;
  }
}

/// {"create":{"code":1,"fields":[["capacity","U64"],...],"says":"..."},...}
std::string kinds_text() {
  static constexpr std::array<std::string_view, 12> types{"U64",  "OPT",     "FLAG", "MARK",
                                                          "ADDR", "OPTADDR", "TEXT", "BYTES",
                                                          "WORD", "WORD",    "WORD", "WORD"};
  std::string out;
  for (const event::Kind& kind : event::kinds) {
    std::string fields;
    for (const Field& field : kind.fields)
      fields += fmt::format("{}[\"{}\",\"{}\"]", fields.empty() ? "" : ",", field.name,
                            types[static_cast<std::size_t>(field.type)]);
    out += fmt::format("{}\"{}\":{{\"code\":{},\"fields\":[{}],\"says\":{}}}",
                       out.empty() ? "{" : ",", kind.name, kind.code, fields, json_text(kind.says));
  }
  return out + "}";
}

}  // namespace

void PageEvents::add(const pool_event& event) {
  const event::Kind* kind = event::find(event.kind);
  if (kind == nullptr) return;
  const bool next = count_ != 0 && event.seq == last_seq_ + 1;
  if (count_ != 0) rows_ += ",\n";
  if (!next) rows_ += fmt::format("[0,{}],\n", event.seq);  // a gap in the numbers of events
  rows_ += fmt::format("[{},{}", event.kind, event.call);
  std::string fields;
  for (const Field& field : kind->fields) {
    fields += ',';
    append_value(event, field, fields);
  }
  while (fields.ends_with(",null")) fields.resize(fields.size() - 5);
  rows_ += fields + "]";
  last_seq_ = event.seq;
  ++count_;
}

void PageEvents::begin_at(const Model& model) {
  pool_event event = event::make(POOL_EVENT_SNAPSHOT);
  event.pool = model.pool;
  event.call = model.last_call;
  event.seq = model.last_seq;
  event.as.snapshot = {model.capacity,
                       model.align,
                       model.policy,
                       model.guard_size,
                       0,
                       model.name.empty() ? nullptr : model.name.c_str(),
                       static_cast<u8>(model.fill),
                       model.next_number,
                       model.blocks().size(),
                       static_cast<u8>(model.poison),
                       model.quarantine == 0 ? POOL_NONE : model.quarantine,
                       static_cast<u8>(model.capture)};
  add(event);
  std::string numbers, listed;
  for (const auto& [offset, block] : model.blocks()) {
    pool_event row = event::make(POOL_EVENT_BLOCK);
    row.call = model.last_call;
    row.seq = model.last_seq;
    row.as.block = {POOL_NONE, offset, block.size, POOL_NONE, POOL_NONE, POOL_NONE, 0};
    if (block.used)
      row.as.block = {block.number,
                      offset,
                      block.size,
                      block.payload,
                      block.requested,
                      block.guard,
                      static_cast<u8>(block.quarantined)};
    if (!block.used) {
      const char* comma = numbers.empty() ? "" : ",";
      numbers += fmt::format("{}{}", comma, block.number);
      listed += fmt::format("{}{}", comma, block.listed());
    }
    last_seq_ = model.last_seq - 1;  // all of these have one number
    add(row);
  }
  resume_ = fmt::format(
      "{{\"nextFree\":{},\"cursor\":{},\"freeNumbers\":[{}],\"listed\":[{}],"
      "\"nextListed\":{},\"model\":{},\"allocs\":{},\"frees\":{},"
      "\"failures\":{},\"misuses\":{},\"reallocs\":{},\"peak\":{},\"peakCall\":{}}}",
      model.next_free_number, model.cursor == POOL_NONE ? "null" : std::to_string(model.cursor),
      numbers, listed, model.next_listed, json_text(model.model), model.allocs, model.frees,
      model.failures, model.misuses, model.reallocs, model.peak_payload, model.peak_call);
}

std::string write_page(const PageAbout& about, const PageEvents& events) {
  std::string data = fmt::format(
      "{{\"title\":{},\"source\":{},\"recorded\":{},\"leftOut\":{},\"hex\":{},\"at\":{},\"ops\":{},"
      "\"quiz\":{},"
      "\"resume\":{},\"kinds\":{},\"events\":[\n{}]}}",
      json_text(about.title), json_text(about.source), json_text(about.recorded),
      json_text(about.left_out), about.hex, about.at_call,
      about.ops ? json_text(*about.ops) : "null", json_text(about.quiz),
      events.resume_.empty() ? "null" : events.resume_, kinds_text(), events.rows_);
  std::string page(page_parts::before_title);
  page += markup_text(about.title);
  page += page_parts::before_data;
  page += data;
  page += page_parts::after_data;
  return page;
}

}  // namespace mempool::viz
