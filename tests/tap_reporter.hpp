// A doctest reporter that speaks TAP, so that Meson (protocol: 'tap') counts every TEST_CASE.
//
//     build/tests/specs -r=tap --no-exitcode
//
// stdout carries the stream alone and is flushed after each case, so the cases before a crash are
// counted. What went wrong goes to stderr, which is what Meson shows of a failing TAP test.
// Not for people at a terminal: doctest's own console reporter stays the default.
#pragma once

#include <doctest/doctest.h>

#include <cstdio>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

namespace mempool::tests {

class TapReporter : public doctest::IReporter {
 public:
  explicit TapReporter(const doctest::ContextOptions&) {}

  void test_run_start() override { std::printf("TAP version 13\n"); }

  void test_run_end(const doctest::TestRunStats&) override {
    std::printf("1..%d\n", cases_);
    std::fflush(stdout);
  }

  void test_case_start(const doctest::TestCaseData& data) override {
    name_ = plain(data.m_name);
    subcases_.clear();
  }

  void test_case_end(const doctest::CurrentTestCaseStats& stats) override {
    std::printf("%sok %d - %s\n", stats.testCaseSuccess ? "" : "not ", ++cases_, name_.c_str());
    std::fflush(stdout);
  }

  void test_case_exception(const doctest::TestCaseException& thrown) override {
    const std::lock_guard lock(mutex_);
    tell(thrown.is_crash ? "crash" : "exception", thrown.error_string.c_str());
    const doctest::String* contexts = get_stringified_contexts();
    for (int i = 0; i < get_num_stringified_contexts(); ++i) tell_context(contexts[i].c_str());
  }

  void log_assert(const doctest::AssertData& data) override {
    if (!data.m_failed) return;
    const std::lock_guard lock(mutex_);
    const std::string what = std::string(data.m_file) + ":" + std::to_string(data.m_line) + ": " +
                             doctest::assertString(data.m_at) + "(" + data.m_expr + ")";
    const doctest::String& outcome = data.m_threw ? data.m_exception : data.m_decomp;
    tell("failed", what + (data.m_threw ? " threw " : " is ") + outcome.c_str());
    tell_contexts();
  }

  void log_message(const doctest::MessageData& data) override {
    const std::lock_guard lock(mutex_);
    tell(data.m_severity & doctest::assertType::is_warn ? "message" : "failed",
         std::string(data.m_file) + ":" + std::to_string(data.m_line) + ": " +
             data.m_string.c_str());
    tell_contexts();
  }

  void subcase_start(const doctest::SubcaseSignature& subcase) override {
    subcases_.emplace_back(subcase.m_name.c_str());
  }

  void subcase_end() override {
    if (!subcases_.empty()) subcases_.pop_back();
  }

  void test_case_reenter(const doctest::TestCaseData&) override { subcases_.clear(); }
  void test_case_skipped(const doctest::TestCaseData&) override {}
  void report_query(const doctest::QueryData&) override {}

 private:
  /// A case's name on one line, without '#', which starts a directive in TAP.
  static std::string plain(const char* name) {
    std::string out;
    for (; *name; ++name) out += *name == '\n' || *name == '#' ? ' ' : *name;
    return out;
  }

  void tell(const char* kind, const std::string& what) const {
    std::string where = name_;
    for (const std::string& subcase : subcases_) where += " / " + subcase;
    std::fprintf(stderr, "%s: %s\n  %s\n", kind, where.c_str(), what.c_str());
    std::fflush(stderr);
  }

  void tell_contexts() const {
    const doctest::IContextScope* const* contexts = get_active_contexts();
    for (int i = 0; i < get_num_active_contexts(); ++i) {
      std::ostringstream text;
      contexts[i]->stringify(&text);
      tell_context(text.str().c_str());
    }
  }

  static void tell_context(const char* text) { std::fprintf(stderr, "  with %s\n", text); }

  int cases_ = 0;
  std::string name_;
  std::vector<std::string> subcases_;
  std::mutex mutex_;  // asserts may come from any thread of a spec
};

}  // namespace mempool::tests
