# A thin front for Meson and Ninja: it calls them, says what is missing, and builds nothing itself.
#
#   make                 the library, ./pool_test and ./mempool-viz
#   make deps            gets what building and drawing need (make deps-dev: tests and docs too)
#   make bench           times Mempool beside other allocators (make deps-bench gets them);
#                        BENCH='--help' and the like are handed on
#   make fuzz            looks for inputs that break a fuzz target, FUZZ_SECONDS=60 of them for each
#                        of FUZZ="api read_log read_recording" (make deps-fuzz gets clang)
#   make lessons         the lessons, and a zip of them that needs no network
#   make memcheck        the specs under Valgrind
#   make deps-page       gets what the tests of the pages need: node, browsers, axe-core, DuckDB
#   make POOL_DEBUG=1    the same library, narrating every pool on stderr
#   make install         puts it all under PREFIX (make uninstall: out again)
#   make dist            the archive of a release (DIST=--no-tests: no more than that)
#   make B=dir           another build folder; make install PREFIX=/usr DESTDIR=/tmp/stage; JOBS=-j2
B ?= build
PREFIX ?= /usr/local
MESON ?= meson
NINJA ?= ninja
JOBS ?=
DEMO_OUT ?= demo-out
BENCH ?=
DIST ?=
FUZZ ?= api read_log read_recording
FUZZ_SECONDS ?= 60

pool_debug := $(if $(filter-out 0 no off false,$(POOL_DEBUG)),true,false)
options := -DPOOL_DEBUG=$(pool_debug) '-Dprefix=$(PREFIX)'
defaults := -DPOOL_DEBUG=false '-Dprefix=/usr/local'
comma := ,
else_clean := "If everything is there by now: make clean, as Meson remembers."

.DEFAULT_GOAL := all
.NOTPARALLEL:
unexport MEMPOOL_LOG MEMPOOL_OPTIONS
.PHONY: all configure tools deps deps-dev deps-bench deps-fuzz deps-page demo test docs lessons bench \
  bench-page fuzz memcheck install uninstall dist abi-diff clean help

all: configure
	@$(NINJA) $(JOBS) -C $(B)
	@ln -sf $(B)/examples/pool_test pool_test
	@if [ -x $(B)/viz/mempool-viz ]; then ln -sf $(B)/viz/mempool-viz mempool-viz; else \
	  rm -f mempool-viz; echo "mempool-viz is not built: something it needs is missing." \
	    "Run:  make deps   (it runs: $$(sh .ci/deps build))" $(else_clean) >&2; fi

# Meson is called only when it has something to do: at first, when make deps has put in something
# new (it leaves a mark; Meson remembers what was missing until it is wiped), when an option changes.
configure: tools
	@if [ ! -f $(B)/build.ninja ]; then $(MESON) setup $(B) $(options); \
	elif [ -f $(B)/deps-changed ]; then \
	  $(MESON) setup --wipe $(B) $(options); \
	elif [ "$$(cat $(B)/make-options 2>/dev/null || echo "$(defaults)")" != "$(options)" ]; then \
	  $(MESON) configure $(B) $(options); fi
	@rm -f $(B)/deps-changed; echo "$(options)" > $(B)/make-options

tools:
	@missing=; for tool in $(MESON) $(NINJA) pkg-config $${CXX:-c++}; do \
	  command -v $$tool >/dev/null 2>&1 || missing="$$missing $$tool"; done; \
	if [ -n "$$missing" ]; then echo "Missing:$$missing." \
	  "Run:  make deps   (it runs: $$(sh .ci/deps build))" >&2; exit 1; fi

deps:
	@MARK=$(B)/deps-changed sh .ci/deps --install build

deps-dev:
	@MARK=$(B)/deps-changed sh .ci/deps --install dev

deps-bench:
	@sh .ci/deps --install bench
	@rm -rf $(B)-bench

deps-fuzz:
	@sh .ci/deps --install fuzz
	@rm -rf $(B)-fuzz

# axe-core and DuckDB go beside the build, not into the source.
deps-page:
	@sh .ci/deps --install page
	@if command -v npm >/dev/null 2>&1; then mkdir -p $(B)/page-tests && \
	  cp tests/page/package.json $(B)/page-tests/ && npm install --silent --prefix $(B)/page-tests; \
	else echo "npm is not installed: the cases of axe-core and DuckDB will be skipped" >&2; fi

demo: all
	@if [ ! -x $(B)/viz/mempool-viz ]; then exit 1; fi
	@sh examples/demo.sh $(B) $(DEMO_OUT)

# Ends with the plain line "N passed, N failed", each test case of the specs counted.
test: all
	@if ! $(MESON) test -C $(B) --no-rebuild --list --suite specs 2>/dev/null | grep -q specs; then \
	  echo "The specs are not built: something they need is missing." \
	    "Run:  make deps-dev   (it runs: $$(sh .ci/deps dev))" $(else_clean) >&2; exit 1; fi
	@rm -f $(B)/meson-logs/testlog.json; \
	$(MESON) test -C $(B) --no-rebuild --print-errorlogs; rc=$$?; \
	python3 .ci/count.py $(B)/meson-logs/testlog.json && exit $$rc

docs: configure
	@if ! $(NINJA) -C $(B) -t targets all | grep -q '^docs: phony'; then \
	  echo "The documentation needs Doxygen, Graphviz and mempool-viz." \
	    "Run:  make deps deps-dev   (it runs: $$(sh .ci/deps build); $$(sh .ci/deps dev))" \
	    $(else_clean) >&2; exit 1; fi
	@$(NINJA) $(JOBS) -C $(B) docs && echo "Open $(B)/docs/html/index.html"

lessons: docs
	@$(NINJA) $(JOBS) -C $(B) lessons && \
	  echo "Open $(B)/docs/html/lessons.html, or take $(B)/docs/mempool-lessons.zip with you"

# A release build of its own, as times of a debug build say nothing.
bench_program := $(B)-bench/tests/bench/mempool-bench

$(B)-bench/build.ninja: | tools
	@$(MESON) setup $(B)-bench --buildtype=release -Dbench=enabled -Dtests=disabled \
	  -Ddocs=disabled -Dexamples=disabled || { rm -rf $(B)-bench; exit 1; }

bench: $(B)-bench/build.ninja
	@$(NINJA) $(JOBS) -C $(B)-bench tests/bench/mempool-bench
	@$(bench_program) $(BENCH)

# The tables and plots of docs/performance.md, from a whole run: an hour or so.
bench-page: override BENCH += --instructions --json $(B)-bench/results.json --svg docs/pictures/performance.svg
bench-page: bench
	@python3 tests/bench/page.py $(B)-bench/results.json docs/performance.md

# A build of its own, by clang and with its sanitizers. Inputs that reach new code are kept beside it
# and are where the next run begins; one that breaks a target is named, and is a seed once it is fixed.
$(B)-fuzz/build.ninja: | tools
	@command -v clang++ >/dev/null || { echo "Fuzzing needs clang." \
	  "Run:  make deps-fuzz   (it runs: $$(sh .ci/deps fuzz))" >&2; exit 1; }
	@CC=clang CXX=clang++ $(MESON) setup $(B)-fuzz -Dfuzz=enabled -Ddocs=disabled \
	  -Dexamples=disabled || { rm -rf $(B)-fuzz; exit 1; }

fuzz: $(B)-fuzz/build.ninja
	@for name in $(FUZZ); do \
	  $(NINJA) $(JOBS) -C $(B)-fuzz tests/fuzz/fuzz-$$name && \
	  mkdir -p $(B)-fuzz/corpus/$$name && \
	  $(B)-fuzz/tests/fuzz/fuzz-$$name -max_total_time=$(FUZZ_SECONDS) -timeout=10 \
	    -rss_limit_mb=2048 -artifact_prefix=$(B)-fuzz/ -print_final_stats=1 \
	    $$(ls tests/fuzz/$$name.dict 2>/dev/null | sed s/^/-dict=/) \
	    $(B)-fuzz/corpus/$$name tests/fuzz/corpus/$$name || exit 1; done

# The specs under Valgrind: half an hour or so. Where a condition is "there is none, or what there is
# is too small", GCC tests both at once, and Memcheck complains of the second: not in this build.
$(B)-memcheck/build.ninja: | tools
	@command -v valgrind >/dev/null || { echo "Memcheck is Valgrind's." \
	  "Run:  make deps-dev   (it runs: $$(sh .ci/deps dev))" >&2; exit 1; }
	@CXXFLAGS="$$CXXFLAGS --param=logical-op-non-short-circuit=0" $(MESON) setup $(B)-memcheck \
	  -Dvalgrind=disabled -Ddocs=disabled || { rm -rf $(B)-memcheck; exit 1; }

memcheck: $(B)-memcheck/build.ninja
	@$(NINJA) $(JOBS) -C $(B)-memcheck
	@$(MESON) test -C $(B)-memcheck --no-rebuild --setup memcheck --print-errorlogs; rc=$$?; \
	python3 .ci/count.py $(B)-memcheck/meson-logs/testlog-memcheck.json && exit $$rc

# Meson would take a stage that is not given whole from the build folder. The loader is told of a new
# library in a folder that it knows.
stage := $(if $(filter /%,$(firstword $(DESTDIR))),,$(CURDIR)/)$(DESTDIR)

install: all
	@$(MESON) install -C $(B) --no-rebuild --quiet $(if $(DESTDIR),--destdir '$(stage)')
	@cp $(B)/meson-logs/install-log.txt $(B)/installed
	@if [ -z '$(DESTDIR)' ] && [ "$$(id -u)" = 0 ]; then ldconfig 2>/dev/null || :; fi
	@echo "Installed into $(DESTDIR)$(PREFIX); make uninstall takes it out again." \
	  $(if $(DESTDIR),,"Go on with:  $(PREFIX)/bin/mempool-viz '+100$(comma)+200$(comma)-0$(comma)+50'")

# What the last make install put there; folders stay, for others may use them.
uninstall:
	@if [ ! -f $(B)/installed ]; then echo "make install has put nothing anywhere." >&2; exit 1; fi
	@grep -v '^#' $(B)/installed | while IFS= read -r file; do [ -d "$$file" ] || rm -fv "$$file"; done
	@rm -f $(B)/installed

# The archive of a release, of what is committed: builds, tests and installs it once more.
dist: configure
	@$(MESON) dist -C $(B) --include-subprojects $(DIST)

# Every type of the library beside that of an older build: make abi-diff OLD=/usr/lib/libmempool.so.0
abi-diff: all
	@command -v abidiff >/dev/null || { echo "abidiff is libabigail's (Debian: abigail-tools)." >&2; exit 1; }
	@abidiff --headers-dir2 include $(OLD) $(B)/src/libmempool.so && echo "No difference."

clean:
	@if [ -d $(B) ] && [ ! -d $(B)/meson-private ]; then \
	  echo "$(B) is not a build folder of Meson; it stays." >&2; exit 1; fi
	@rm -rf $(B) $(B)-bench $(B)-fuzz $(B)-memcheck pool_test mempool-viz $(DEMO_OUT)

help:
	@sed -n 's/^#   //p' Makefile
	@echo "targets: all deps deps-dev deps-bench deps-fuzz demo test docs bench bench-page fuzz memcheck install" \
	  "uninstall dist abi-diff clean help"
