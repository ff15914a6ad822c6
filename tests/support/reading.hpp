// Support for specs of the log: texts of logs, and all that reading one gives. Holds no spec and
// expects nothing itself.
#pragma once

#include <mempool.h>

#include <string>
#include <utility>
#include <vector>

#include "log/jsonl.hpp"
#include "log/reader.hpp"

namespace mempool::tests {

inline const std::string header =
    R"({"mempool_log":1,"minor":0,"producer":"mempool )" MEMPOOL_VERSION R"("})";
inline const std::string free_line =
    R"({"seq":3,"pool":1,"call":2,"event":"free","block":0,"offset":0,"size":64})";
inline const std::string end_line =
    R"({"seq":1,"pool":0,"call":0,"event":"end","events":3,"dropped":0})";

/// An event as the writer writes it, without the newline.
inline std::string json(const pool_event& event) {
  std::string line;
  log::write_event(event, line);
  line.pop_back();
  return line;
}

/// A whole text of a log: the first line and these.
inline std::string log_of(const std::vector<std::string>& lines) {
  std::string text = header + "\n";
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

/// All that reading gives: the events, as the writer would write them, and the findings.
struct TextReading {
  std::string error;
  std::vector<std::string> events;
  log::Findings findings;
};

inline TextReading read_all(Result<log::Reader> reader) {
  TextReading reading;
  if (!reader) {
    reading.error = reader.error().what;
    return reading;
  }
  pool_event event;
  while (reader->next(event)) reading.events.push_back(json(event));
  reading.findings = reader->findings();
  return reading;
}

inline TextReading read(std::string text) {
  return read_all(log::Reader::from_text(std::move(text)));
}

}  // namespace mempool::tests
