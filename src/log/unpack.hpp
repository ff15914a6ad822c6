// Unpacker: the records of an .mplog -> one event. The reading half of mplog.hpp. It knows what a
// record holds, not what a log is: where events begin and what damage means is record_events.cpp's.
#pragma once

#include <mempool/event.h>

#include <string>

#include "base/little.hpp"
#include "log/input.hpp"
#include "log/record.hpp"

namespace mempool::log {

/// The whole records of an input that stands behind its header.
class RecordSource {
 public:
  explicit RecordSource(Input&& input) : input_(std::move(input)) {}

  /// The next record, valid until the next call; nullptr if no whole one is left.
  [[nodiscard]] const char* peek() {
    while (input_.rest().size() < record::size)
      if (!input_.fill()) return nullptr;
    return input_.rest().data();
  }
  void use() { input_.use(record::size); }
  /// The number of the next record, counted from 1.
  [[nodiscard]] u64 number() const {
    return (input_.position() - record::header_size) / record::size + 1;
  }
  [[nodiscard]] const Input& input() const { return input_; }
  [[nodiscard]] bool seek(u64 position) { return input_.seek(position); }

 private:
  Input input_;
};

[[nodiscard]] inline record::Head head_of(const char* at) {
  record::Head head;
  std::memcpy(&head, at, sizeof head);
  head.pool = little(head.pool);
  head.seq = little(head.seq);
  return head;
}

enum class Unpacked {
  event,       // all of it is there and right
  wrong,       // a field holds what it cannot
  incomplete,  // a record that should continue it does not
  cut,         // the input ends before it does
};

class Unpacker {
 public:
  /// Unpacks the event whose first record is the next of the source; its kind must be in the list.
  /// The records that were of use are used up. Text and bytes are valid until the next call.
  [[nodiscard]] Unpacked unpack(RecordSource& source, pool_event& event);

  /// What is wrong with the last records, if they were no event.
  [[nodiscard]] const std::string& what() const { return what_; }

 private:
  /// Text and bytes that are still to come, for this field.
  struct Pending {
    const event::Field* field;
    u64 size;
    std::size_t at;  // in storage_
  };
  class Cells;

  template <std::size_t kind>
  Unpacked read_kind(RecordSource& source, record::Head head, pool_event& event);
  template <std::size_t kind, std::size_t f>
  [[nodiscard]] bool take(Cells& cells, u8 bits, pool_event& event);
  [[nodiscard]] Unpacked gather(RecordSource& source, record::Head head, std::size_t count,
                                char* cells);
  [[nodiscard]] Unpacked take_data(RecordSource& source, record::Head head, pool_event& event);
  [[nodiscard]] Unpacked take_run(RecordSource& source, record::Head head, Pending& pending);

  Pending pending_[record::most_values];
  std::size_t pending_count_ = 0;
  std::string storage_;
  std::string what_;
};

}  // namespace mempool::log
