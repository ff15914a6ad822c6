// Settings: the table of keys, the environment, the checks.
#include "pool/options.hpp"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>
#include <string_view>

#include "engine/granule.hpp"
#include "event/table.hpp"

#ifndef POOL_DEBUG
#define POOL_DEBUG 0
#endif

namespace mempool {

namespace {

constexpr u64 largest_fine_region = 16 << 20;  // for alignments under 8

void warn_once(const std::string& text) {
  static std::mutex mutex;
  static auto* const said = new std::set<std::string>;  // never destroyed: pools outlive statics
  const std::lock_guard lock(mutex);
  if (said->insert(text).second) std::fprintf(stderr, "mempool: warning: %s\n", text.c_str());
}

/// "64k", "16M", "1000": bytes. False if it is no such thing.
bool parse_size(std::string_view text, u64& value) {
  u64 unit = 1;
  if (!text.empty()) {
    switch (text.back()) {
      case 'k':
      case 'K': unit = u64{1} << 10; break;
      case 'm':
      case 'M': unit = u64{1} << 20; break;
      case 'g':
      case 'G': unit = u64{1} << 30; break;
      default: break;
    }
    if (unit != 1) text.remove_suffix(1);
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return false;
  if (value > u64_max / unit) return false;
  value *= unit;
  return true;
}

bool parse_switch(std::string_view text, int& value) {
  if (text == "on" || text == "1" || text == "yes" || text == "true")
    value = POOL_ON;
  else if (text == "off" || text == "0" || text == "no" || text == "false")
    value = POOL_OFF;
  else
    return false;
  return true;
}

bool parse_errors(std::string_view text, int& value) {
  if (text == "report")
    value = POOL_ERRORS_REPORT;
  else if (text == "abort")
    value = POOL_ERRORS_ABORT;
  else if (text == "quiet")
    value = POOL_ERRORS_QUIET;
  else
    return false;
  return true;
}

bool parse_policy(std::string_view text, int& value) {
  value = static_cast<int>(event::code_of(event::Type::POLICY, text));
  return value != 0;
}

bool valid_align(u64 align, u64 size) {
  return is_power_of_two(align) && align <= most_alignment &&
         (align >= 8 || size <= largest_fine_region);
}

/// What the environment may fill, with the words kept alive beside it.
struct Draft {
  pool_options options{};
  u64 size = 0;
  std::string name, log;
};

// One function a key: fills the option if the program left it, says whether the value is good.
struct Key {
  std::string_view name;
  bool (*fill)(Draft&, std::string_view value);
};

template <auto member, auto parse>
bool fill_parsed(Draft& draft, std::string_view text) {
  std::remove_reference_t<decltype(draft.options.*member)> value{};
  if (!parse(text, value)) return false;
  if (draft.options.*member == decltype(value){}) draft.options.*member = value;
  return true;
}

bool fill_align(Draft& draft, std::string_view text) {
  u64 value = 0;
  if (!parse_size(text, value) || !valid_align(value, draft.size)) return false;
  if (draft.options.align == 0) draft.options.align = value;
  return true;
}

bool fill_guards(Draft& draft, std::string_view text) {
  u64 value = 0;
  if (!parse_size(text, value) || value > most_guard_bytes) return false;
  if (draft.options.guards == 0) draft.options.guards = value;
  return true;
}

bool fill_name(Draft& draft, std::string_view text) {
  if (draft.options.name == nullptr) draft.name = text;
  return true;
}

bool fill_log(Draft& draft, std::string_view text) {
  if (draft.options.log == nullptr) draft.log = text;
  return !text.empty();
}

bool parse_check(std::string_view text, int& value) {
  if (text == "free")
    value = POOL_CHECK_FREE;
  else if (text == "every")
    value = POOL_CHECK_EVERY;
  else
    return false;
  return true;
}

constexpr Key keys[] = {
    {"align", fill_align},
    {"policy", fill_parsed<&pool_options::policy, parse_policy>},
    {"guards", fill_guards},
    {"name", fill_name},
    {"errors", fill_parsed<&pool_options::errors, parse_errors>},
    {"check", fill_parsed<&pool_options::check, parse_check>},
    {"fill", fill_parsed<&pool_options::fill, parse_switch>},
    {"poison", fill_parsed<&pool_options::poison, parse_switch>},
    {"quarantine", fill_parsed<&pool_options::quarantine, parse_size>},
    {"capture", fill_parsed<&pool_options::capture, parse_switch>},
    {"thread_safe", fill_parsed<&pool_options::thread_safe, parse_switch>},
    {"records", fill_parsed<&pool_options::records, parse_size>},
    {"log", fill_log},
    {"flush", fill_parsed<&pool_options::flush,
                          [](std::string_view text, u64& value) {
                            return text == "call" || parse_size(text, value);
                          }>},
    {"max", fill_parsed<&pool_options::max, parse_size>},
    {"ring", fill_parsed<&pool_options::ring, parse_size>},
    {"clock", fill_parsed<&pool_options::clock, parse_switch>},
    {"debug", fill_parsed<&pool_options::debug, parse_switch>},
};

void apply_word(Draft& draft, std::string_view word) {
  const auto equals = word.find('=');
  const std::string_view name = word.substr(0, equals);
  for (const Key& key : keys) {
    if (key.name != name) continue;
    if (equals == word.npos || !key.fill(draft, word.substr(equals + 1))) {
      warn_once("MEMPOOL_OPTIONS: '" + std::string(word) +
                "' is passed over: not a value for this key here");
    }
    return;
  }
  warn_once("MEMPOOL_OPTIONS: unknown key '" + std::string(name) + "' is passed over");
}

void apply_environment(Draft& draft) {
  if (const char* words = secure_getenv("MEMPOOL_OPTIONS")) {
    for (std::string_view rest = words; !rest.empty();) {
      const auto comma = rest.find(',');
      if (const std::string_view word = rest.substr(0, comma); !word.empty())
        apply_word(draft, word);
      rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
    }
  }
  if (const char* path = secure_getenv("MEMPOOL_LOG"); path != nullptr && *path != '\0') {
    fill_log(draft, path);
  }
}

bool valid_switch(int value) {
  return value >= POOL_DEFAULT && value <= POOL_OFF;
}

bool valid(const pool_options& options, u64 size) {
  return (options.align == 0 || valid_align(options.align, size)) && options.policy >= 0 &&
         options.policy <= POOL_GOOD && options.errors >= POOL_ERRORS_DEFAULT &&
         options.errors <= POOL_ERRORS_QUIET && valid_switch(options.fill) &&
         valid_switch(options.thread_safe) && valid_switch(options.clock) &&
         valid_switch(options.debug) && valid_switch(options.poison) &&
         valid_switch(options.capture) && options.check >= POOL_CHECK_DEFAULT &&
         options.check <= POOL_CHECK_EVERY &&
         (options.capture != POOL_ON || size <= most_captured) &&
         options.guards <= most_guard_bytes && options.records < ~u32{0};
}

u32 default_records(u64 capacity) {
  const u64 records = capacity / 256;
  return static_cast<u32>(records < 64 ? 64 : records);
}

}  // namespace

int settle(u64 size, const pool_options* options, bool use_environment, Settings& settings) {
  if (size == 0) return EINVAL;
  Draft draft;
  draft.size = size;
  if (options != nullptr) {
    if (options->struct_size < sizeof options->struct_size) return EINVAL;
    const u64 known =
        options->struct_size < sizeof(pool_options) ? options->struct_size : sizeof(pool_options);
    std::memcpy(&draft.options, options, known);
  }
  if (!valid(draft.options, size)) return EINVAL;
  if (use_environment) apply_environment(draft);

  const pool_options& o = draft.options;
  settings.align = o.align == 0 ? 16 : o.align;
  if (!valid_align(settings.align, size)) return EINVAL;
  settings.capacity = round_up(size, settings.align);
  if (settings.capacity < size || settings.capacity / settings.align > engine::most_granules) {
    return ENOMEM;
  }
  settings.policy = o.policy == 0 ? u32{POOL_FIRST} : static_cast<u32>(o.policy);
  settings.errors = o.errors == 0 ? u32{POOL_ERRORS_REPORT} : static_cast<u32>(o.errors);
  settings.guards = o.guards;
  settings.records =
      o.records == 0 ? default_records(settings.capacity) : static_cast<u32>(o.records);
  settings.name = o.name != nullptr ? o.name : draft.name;
  settings.log = o.log != nullptr ? o.log : draft.log;
  settings.log_from_environment = o.log == nullptr;
  settings.flush = o.flush;
  settings.max = o.max;
  settings.ring = o.ring;
  settings.quarantine = o.quarantine;
  settings.check_every = o.check == POOL_CHECK_EVERY;
  settings.poison = o.poison == POOL_ON;
  settings.capture = o.capture == POOL_ON && settings.capacity <= most_captured;
  settings.fill = o.fill == POOL_ON;
  settings.thread_safe = o.thread_safe == POOL_ON;
  settings.clock = o.clock == POOL_ON;
  settings.debug = o.debug == POOL_ON || (o.debug == POOL_DEFAULT && POOL_DEBUG != 0);
  return 0;
}

}  // namespace mempool
