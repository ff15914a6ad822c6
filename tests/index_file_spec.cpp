// The file of an index: where it lies, when it is believed, and that nothing of anybody else's is
// ever written over.
#include "shell/index_file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "support/files.hpp"

using namespace mempool;
using namespace mempool::tests;
using viz::IndexFile;
using viz::NewIndexFile;

namespace {

namespace fs = std::filesystem;

constexpr u32 version = 3;

void write(const std::string& path, std::string_view contents) {
  std::ofstream(path, std::ios::binary) << contents;
}

/// The environment's variable, as it was when this goes.
struct Variable {
  Variable(const char* name, const char* value) : name(name) {
    if (const char* now = std::getenv(name)) before = now;
    value == nullptr ? unsetenv(name) : setenv(name, value, 1);
  }
  ~Variable() { before ? setenv(name, before->c_str(), 1) : unsetenv(name); }
  const char* name;
  std::optional<std::string> before;
};

/// A folder with a log in it, and a cache folder that is empty.
struct Place : Folder {
  Place() : home("HOME", nullptr), cache("XDG_CACHE_HOME", file("cache").c_str()) {
    write(log, std::string(10'000, 'x') + "the log");
  }
  [[nodiscard]] bool write_index() const {
    auto index = NewIndexFile::create(log, version);
    if (!index) return false;
    part = index->add("a part");
    other = index->add("");
    return index->finish("the directory");
  }
  [[nodiscard]] bool is_believed() const {
    const auto index = IndexFile::open(log, version);
    return index && index->directory() == "the directory" && index->part(part, 6) == "a part";
  }
  [[nodiscard]] u64 files() const {
    return static_cast<u64>(std::distance(fs::directory_iterator(path), {}));
  }
  std::string log = file("run.mplog");
  std::string beside = log + ".idx";
  Variable home, cache;
  mutable u64 part = 0, other = 0;
};

/// Changes some bytes of a file; its size and its time stay as they were.
void forge(const std::string& path, u64 at, std::string_view bytes) {
  struct stat facts {};
  REQUIRE(stat(path.c_str(), &facts) == 0);
  std::string contents = slurp(path);
  contents.replace(at, bytes.size(), bytes);
  write(path, contents);
  const timespec times[2] = {facts.st_atim, facts.st_mtim};
  REQUIRE(utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
}

}  // namespace

TEST_CASE("an index lies beside its log and gives back its parts") {
  const Place place;
  CHECK_FALSE(place.is_believed());
  REQUIRE(place.write_index());
  CHECK(fs::exists(place.beside));
  CHECK(place.files() == 2);
  const auto index = IndexFile::open(place.log, version);
  REQUIRE(index.has_value());
  CHECK(index->directory() == "the directory");
  CHECK(index->part(place.part, 6) == "a part");
  CHECK(index->part(place.other, 0) == "");
}

TEST_CASE("what is no part of an index is not handed out as one") {
  const Place place;
  REQUIRE(place.write_index());
  const auto index = IndexFile::open(place.log, version);
  REQUIRE(index.has_value());
  CHECK_FALSE(index->part(place.part, 5).has_value());
  CHECK_FALSE(index->part(place.part + 1, 6).has_value());
  CHECK_FALSE(index->part(u64_max - 3, 6).has_value());
  CHECK_FALSE(index->part(0, u64_max).has_value());
}

TEST_CASE("an index is its owner's alone: the log may be private") {
  const Place place;
  REQUIRE(place.write_index());
  CHECK(fs::status(place.beside).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("a log that is not what it was has no index, until one is made of it again") {
  const Place place;
  REQUIRE(place.write_index());
  REQUIRE(place.is_believed());
  SUBCASE("it grew") {
    std::ofstream(place.log, std::ios::app) << "more";
  }
  SUBCASE("it was cut") {
    fs::resize_file(place.log, 5000);
  }
  SUBCASE("it was written anew, with the same size") {
    fs::last_write_time(place.log, fs::last_write_time(place.log) + std::chrono::nanoseconds(1));
  }
  SUBCASE("its first bytes are others, at the same size and time") {
    forge(place.log, 0, "y");
  }
  SUBCASE("its last bytes are others, at the same size and time") {
    forge(place.log, 10'000, "y");
  }
  CHECK_FALSE(place.is_believed());
  REQUIRE(place.write_index());
  CHECK(place.is_believed());
}

TEST_CASE("an index of another version is none") {
  const Place place;
  REQUIRE(place.write_index());
  CHECK_FALSE(IndexFile::open(place.log, version + 1).has_value());
}

TEST_CASE("a torn or rotten index is none") {
  const Place place;
  REQUIRE(place.write_index());
  const std::string whole = slurp(place.beside);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write(place.beside, whole.substr(0, size));
    CHECK_FALSE(place.is_believed());
  }
  for (std::size_t at = 8; at < whole.size(); ++at) {  // before: the mark of every index
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 4);
    write(place.beside, changed);
    const auto index = IndexFile::open(place.log, version);
    const bool all = index && index->part(place.part, 6) && index->part(place.other, 0);
    CHECK_FALSE(all);
  }
}

TEST_CASE("a log that changes while it is read gets no index") {
  const Place place;
  auto index = NewIndexFile::create(place.log, version);
  REQUIRE(index.has_value());
  std::ofstream(place.log, std::ios::app) << "more";
  CHECK_FALSE(index->finish("the directory"));
  index.reset();
  CHECK(place.files() == 1);
}

TEST_CASE("an index that is given up leaves nothing, and the one before it is still there") {
  const Place place;
  REQUIRE(place.write_index());
  auto index = NewIndexFile::create(place.log, version);
  REQUIRE(index.has_value());
  index->add(std::string(200'000, 'p'));
  index.reset();
  CHECK(place.files() == 2);
  CHECK(place.is_believed());
}

TEST_CASE("where LOG.idx is something else it is left alone; the index goes to the cache folder") {
  const Place place;
  SUBCASE("a file of the user's") {
    write(place.beside, "notes on this run");
  }
  SUBCASE("a folder") {
    fs::create_directory(place.beside);
  }
  SUBCASE("a pipe") {
    REQUIRE(mkfifo(place.beside.c_str(), 0600) == 0);
  }
  SUBCASE("a link to nowhere") {
    fs::create_symlink(place.file("nowhere"), place.beside);
  }
  const auto kind = fs::symlink_status(place.beside).type();
  REQUIRE(place.write_index());
  CHECK(place.is_believed());
  CHECK(fs::symlink_status(place.beside).type() == kind);
  if (kind == fs::file_type::regular) CHECK(slurp(place.beside) == "notes on this run");
  CHECK_FALSE(fs::exists(place.file("nowhere")));
  CHECK(fs::exists(place.file("cache") + "/mempool"));
}

TEST_CASE(
    "the cache folder is XDG_CACHE_HOME, else ~/.cache; without either there is no other place") {
  const Place place;
  const auto other_place = [&]() -> std::string {
    const auto places = viz::index_places(place.log);
    REQUIRE(places.size() >= 1);
    CHECK(places[0] == place.beside);
    return places.size() == 2 ? fs::path(places[1]).parent_path().string() : "";
  };
  CHECK(other_place() == place.file("cache") + "/mempool");
  const Variable relative("XDG_CACHE_HOME", "cache");
  const Variable home("HOME", place.file("home").c_str());
  CHECK(other_place() == place.file("home") + "/.cache/mempool");
  const Variable homeless("HOME", nullptr);
  CHECK(other_place() == "");
  write(place.beside, "notes on this run");
  CHECK_FALSE(NewIndexFile::create(place.log, version).has_value());
}

TEST_CASE("logs of one name have indexes of their own in the cache folder") {
  const Place one, other;
  const Variable cache("XDG_CACHE_HOME", one.file("cache").c_str());
  CHECK(viz::index_places(one.log)[1] != viz::index_places(other.log)[1]);
}

TEST_CASE("what is no file has no index") {
  const Place place;
  CHECK_FALSE(NewIndexFile::create(place.path, version).has_value());
  CHECK_FALSE(NewIndexFile::create(place.file("absent"), version).has_value());
  CHECK_FALSE(IndexFile::open(place.file("absent"), version).has_value());
  CHECK_FALSE(viz::stamp_of(place.path).has_value());
}
