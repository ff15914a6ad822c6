// Dumping: see dumping.hpp.
#include "support/dumping.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <random>
#include <sstream>

#include "view/dump.hpp"

namespace mempool::tests {

std::string dump_of(const viz::Frame& frame, const viz::ViewOptions& options) {
  std::ostringstream out;
  viz::write_dump(out, frame, options);
  return out.str();
}

Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

Lines dump(const Scribe& pool, const viz::ViewOptions& options) {
  return lines_of(dump_of(frame_of(pool), options));
}

bool has(const Lines& lines, const std::string& line) {
  return std::ranges::find(lines, line) != lines.end();
}

std::string row(const Lines& lines, const std::string& tag, const std::string& offset) {
  for (const std::string& line : lines)
    if (line.starts_with(tag + "  0x" + offset)) return content(line);
  return "no such row";
}

Scribe overrun_pool() {
  Scribe pool(512, {.guards = 8, .name = "scene"});
  for (const u64 size : {48, 40, 24, 100}) pool.alloc(size);
  pool.write(8, std::string(48, 'a'));
  pool.write(72, std::string(40, 'b'));
  pool.free(1);
  pool.write(128, std::string(24, 'c') + "<>!");
  return pool;
}

std::string without_colours(const std::string& text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\x1b')
      at = text.find('m', at);
    else
      plain += text[at];
  }
  return plain;
}

std::string content(const std::string& line) {
  const std::size_t bar = line.find('|');
  return line.substr(bar + 1, line.rfind('|') - bar - 1);
}

Lines rows_of(const Lines& lines) {
  Lines rows;
  std::ranges::copy_if(lines, std::back_inserter(rows), [](const std::string& line) {
    return line.starts_with("data") || line.starts_with("mark");
  });
  return rows;
}

Lines unfold(const Lines& folded, const Lines& unfolded) {
  Lines rows;
  for (const std::string& line : folded) {
    if (line.starts_with("data") || line.starts_with("mark")) rows.push_back(line);
    u64 at = 0, count = 0, start = 0, end = 0;
    const int read = std::sscanf(
        line.c_str(), "fold %" SCNx64 " |%" SCNu64 " lines, %" SCNx64 "..%" SCNx64 ", all ", &at,
        &count, &start, &end);
    if (read != 4) continue;
    if (at != start || end - start != 64 * count || rows.size() != start / 32) return {line};
    for (u64 i = start / 32; i < end / 32; ++i) rows.push_back(unfolded.at(i));
  }
  return rows;
}

namespace {

/// One call by chance.
void any_call(Scribe& pool, std::mt19937& chance) {
  const auto below = [&](u64 limit) { return chance() % std::max<u64>(limit, 1); };
  std::vector<viz::Block> live;
  for (const auto& [offset, block] : pool.model().blocks())
    if (block.used) live.push_back(block);
  const u64 what = below(10);
  if (what < 4 || live.empty()) {
    pool.alloc(below(below(4) == 0 ? 700 : 40));
    return;
  }
  const viz::Block& block = live[below(live.size())];
  if (what < 6) return pool.free(block.number);
  if (what == 6) {  // a write of one letter, now and then too far
    const u64 room = pool.model().capacity - block.payload;
    const u64 size = block.requested + (below(3) == 0 ? below(6) : 0);
    return pool.write(block.payload,
                      std::string(std::min(size, room), static_cast<char>('a' + below(26))));
  }
  if (what == 7) {
    std::string bytes(1 + below(100), ' ');
    for (char& byte : bytes) byte = static_cast<char>(below(256));
    const u64 at = below(pool.model().capacity);
    return pool.write(at, bytes.substr(0, pool.model().capacity - at));
  }
  if (what == 8) return pool.realloc(block.number, below(200));
  if (block.back().size != 0) return pool.check_finds(block.number, std::string(1, 'z'));
  pool.note("something \x1b[31m happened, and it takes more than one line to say what it was");
}

}  // namespace

viz::Frame random_frame(u32 seed, u64 calls) {
  std::mt19937 chance(seed);
  constexpr u64 guards[] = {0, 8, 5, 100};
  Style style{.align = u64{1} << (chance() % 5),
              .policy = 1 + static_cast<u32>(chance() % 5),
              .guards = guards[chance() % 4],
              .fill = chance() % 3 == 0,
              .name = chance() % 2 == 0 ? "by chance" : nullptr};
  const u64 capacity = round_up(100 + chance() % (chance() % 4 == 0 ? 100'000 : 3000), style.align);
  Scribe pool(capacity, style);
  for (u64 i = 0; i < calls; ++i) any_call(pool, chance);
  return frame_of(pool);
}

}  // namespace mempool::tests
