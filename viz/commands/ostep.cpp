// ostep: the homework's questions, or its answers with the reason for each. What is asked is
// workload/ostep.hpp's, the reasons are the story's that every view tells.
#include <fmt/format.h>

#include "commands/commands.hpp"
#include "event/table.hpp"
#include "model/calls.hpp"
#include "model/story.hpp"
#include "shell/output.hpp"
#include "view/text.hpp"
#include "workload/ostep.hpp"

namespace mempool::viz {

namespace {

constexpr std::size_t page_width = 80;

std::string op_text(const Operation& operation) {
  switch (operation.act) {
    case Act::alloc: return fmt::format("#{} = alloc({})", operation.index, operation.size);
    case Act::free: return fmt::format("free(#{})", operation.index);
    case Act::realloc: return fmt::format("realloc(#{}, {})", operation.index, operation.size);
    default: return "other";
  }
}

std::string settings(const OstepSetup& setup) {
  std::string text =
      fmt::format("{} bytes from address {}, {} fit over a list, {}, {}coalescing", setup.size,
                  setup.base, event::word(event::Type::POLICY, setup.policy),
                  in_words(setup.list.order), setup.list.coalesces ? "" : "not ");
  if (setup.list.header != 0) text += fmt::format(", headers of {}", setup.list.header);
  if (setup.unit != 1) text += fmt::format(", sizes rounded up to {}", setup.unit);
  text += ". ";
  if (setup.ops.empty())
    text += fmt::format("Seed {}: {} operations, {} % of them allocate, up to {} bytes. ",
                        setup.seed, setup.operations, setup.percent, setup.range);
  text += "The list is written as address(size), from its head.";
  if (setup.answers) text += " Offsets in reasons count from the region's start.";
  std::string out;
  for (const std::string& line : wrap(text, page_width)) out += line + "\n";
  return out + "\n";
}

std::string list_text(const Model& model, u64 base) {
  std::string text;
  for (const Block* block : model.free_list())
    text += fmt::format("{}{}({})", text.empty() ? "" : " ", base + block->offset, block->size);
  return text.empty() ? "empty" : text;
}

std::string answer_text(const Frame& frame, const Story& story, u64 base) {
  for (const OwnedEvent& event : frame.events) {
    if (event->kind == POOL_EVENT_ALLOC)
      return fmt::format("{}, after {}", base + event->as.alloc.payload,
                         count_text(story.looked_at, "look"));
    if (event->kind == POOL_EVENT_ALLOC_FAIL)
      return fmt::format("-1, after {}", count_text(story.looked_at, "look"));
    if (event->kind == POOL_EVENT_MISUSE) return "-1";
  }
  return "0";
}

class Sheet {
 public:
  Sheet(const OstepSetup& setup, const Workload& workload)
      : setup_(setup), workload_(workload), text_(settings(setup)) {}

  void ask() {
    for (const Operation& operation : workload_.operations) {
      question(operation, "?");
      text_ += "      the list then: ?\n\n";
    }
    text_ += "-c gives the answers, each with its reason.\n";
  }

  /// The next operation that made a call, and what came of it.
  void answer(const Frame& frame) {
    const bool is_operation = frame.call != 0 && next_ < workload_.operations.size();
    if (!is_operation) return;
    if (is_skipped(frame)) return answer(frame);
    const Story story = tell(frame, Radix::dec);
    question(workload_.operations[next_ - 1], answer_text(frame, story, setup_.base));
    lines("the list then: " + list_text(frame.after, setup_.base));
    std::string why = "why:";
    for (const std::string& sentence : story.sentences) why += " " + sentence;
    lines(why);
    text_ += '\n';
  }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  /// A free of what could not be had makes no call.
  bool is_skipped(const Frame& frame) {
    const Operation& operation = workload_.operations[next_++];
    if (operation.act == Act::alloc) {
      failed_.resize(workload_.allocations);
      failed_[operation.index] = frame.events.back()->kind == POOL_EVENT_ALLOC_FAIL;
      return false;
    }
    if (operation.act != Act::free || !failed_[operation.index]) return false;
    question(operation, fmt::format("nothing: #{} could not be had", operation.index));
    text_ += '\n';
    return true;
  }

  void question(const Operation& operation, std::string_view answer) {
    text_ += fmt::format("{:>4}. {:<18} returns {}\n", ++asked_, op_text(operation), answer);
  }

  void lines(const std::string& words) {
    std::size_t indent = 6;
    for (const std::string& line : wrap(printable(words), page_width - 8)) {
      text_ += std::string(indent, ' ') + line + "\n";
      indent = 8;
    }
  }

  const OstepSetup& setup_;
  const Workload& workload_;
  std::string text_;
  std::vector<bool> failed_;
  std::size_t next_ = 0;
  u64 asked_ = 0;
};

}  // namespace

Result<int> commands::ostep(const Options& options) {
  const OstepSetup& setup = options.ostep;
  const Result<Workload> workload = ostep_operations(setup);
  if (!workload) return tl::make_unexpected(workload.error());
  Sheet sheet(setup, *workload);
  if (!setup.answers) sheet.ask();
  if (setup.answers || !options.output.empty()) {
    std::string log;
    const Result<Outcome> outcome =
        play(rounded(*workload, setup.unit), setup.pool(), {options.output, &log}, nullptr);
    if (!outcome) return tl::make_unexpected(outcome.error());
    Result<log::Reader> reader = log::Reader::from_text(std::move(log));
    if (!reader) return tl::make_unexpected(reader.error());
    if (setup.answers) each_call(*reader, [&](const Frame& frame) { sheet.answer(frame); });
  }
  if (const Result<void> written = write_output("", sheet.text()); !written)
    return tl::make_unexpected(written.error());
  return good;
}

}  // namespace mempool::viz
