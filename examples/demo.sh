#!/bin/sh
# The demo: what Mempool does, in a minute, on a small scene and on two recorded programs.
#
#   demo.sh BUILD OUT      (make demo)
#
# It writes pictures, dumps and one page, OUT/index.html, and uses nothing but mempool-viz: each
# command it runs is one that you could type. The recordings are the malloc calls of real
# programs, replayed into a pool of ours; nothing here shows the programs' own heap.
set -eu

build=$1
out=$2
viz=$build/viz/mempool-viz
here=$(dirname "$0")
mkdir -p "$out"

title() { printf '\n\033[1m%s\033[0m\n' "$1"; }
if [ ! -t 1 ] || [ -n "${NO_COLOR-}" ]; then title() { printf '\n%s\n' "$1"; }; fi
run() {
  printf '$ mempool-viz %s\n' "$*"
  "$viz" "$@"
}
quietly() {
  printf '  %s\n' "$1"
  shift
  "$viz" "$@" >"$out/.said" 2>&1 || { cat "$out/.said" >&2; exit 1; }
}

# The call of the first event of a kind in a log; nothing if there is none.
call_of_first() {
  grep -m 1 "\"event\":\"$1\"" "$2" | sed 's/.*"call":\([0-9]*\).*/\1/' || true
}

# ---- the page, written as the demo goes
page_begin() {
  cat >"$out/index.html" <<'HTML'
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mempool: the demo</title>
<style>
  :root { color-scheme: light; --ink: #1c2733; --soft: #5b6b7a; --line: #d9e1e8; }
  body { font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: #f6f8fa;
         max-width: 76rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
  h1 { font-size: 1.9rem; margin: 0 0 .25rem; }
  h2 { margin: 3rem 0 .5rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
  p { max-width: 46rem; }
  .lead { font-size: 1.15rem; color: var(--soft); }
  figure { margin: 1.5rem 0; background: #fff; border: 1px solid var(--line);
           border-radius: .6rem; padding: 1rem; overflow-x: auto; }
  figure img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
  figcaption { margin-top: .75rem; color: var(--soft); }
  pre { font: 12.5px/1.35 "DejaVu Sans Mono", ui-monospace, monospace; margin: 0;
        white-space: pre; overflow-x: auto; max-height: 40rem; }
  code { font-family: "DejaVu Sans Mono", ui-monospace, monospace; font-size: .9em; }
</style>
<h1>Mempool: the demo</h1>
<p class="lead">A memory-pool allocator you can watch. Every picture and text on this page was
made by <code>mempool-viz</code> from the log of a pool.</p>
HTML
}
page() { printf '%s\n' "$1" >>"$out/index.html"; }
picture() {  # file, caption, name of the dump of the same moment
  page "<figure><a href=\"$1\"><img src=\"$1\" alt=\"$2\"></a>"
  page "<figcaption>$2 <a href=\"$3\">The same moment as a dump.</a></figcaption></figure>"
}
text() {  # file, caption
  page "<figure><pre>"
  sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g' "$out/$1" >>"$out/index.html"
  page "</pre><figcaption>$2</figcaption></figure>"
}

# diagram and dump of one call, and the page's figure
moment() {  # log, call, name, caption
  quietly "$3.svg and $3.txt: call $2" diagram "$1" --step "$2" -o "$out/$3.svg"
  "$viz" dump "$1" --step "$2" -o "$out/$3.txt"
  picture "$3.svg" "$4" "$3.txt"
}

# ---- 1. the small scene
small_scene() {
  ops='+120,+120,+120,+120,+120,+200,+200,-0,-2,-4,+150'
  title "150 bytes fail with 360 free"
  run --capacity 1000 --align 1 "$ops"
  run replay --ops "$ops" --capacity 1000 --align 1 -o "$out/small.jsonl" >"$out/.said"
  run check "$out/small.jsonl"
  page "<h2>150 bytes fail with 360 free</h2>"
  page "<p>Seven blocks fill 1000 bytes exactly; the first, third and fifth are freed. A request"
  page "for 150 bytes fails although 360 are free, because no free block is long enough: external"
  page "fragmentation.</p>"
  moment "$out/small.jsonl" 11 small \
    "Call 11 fails. Each free block shows how much it is short."
  text small.txt "The same moment, byte by byte: <code>mempool-viz dump</code>. What the \
program wrote into its blocks is not in the log, so it is shown as unknown."
}

# ---- 2. a recorded program, in a comfortable pool and in a tight one
recorded() {  # name, trace, what it is
  title "$3, recorded and replayed"
  run replay "$2" -o "$out/$1.jsonl" | tee "$out/$1-summary.txt"
  run check "$out/$1.jsonl"
  peak=$(sed -n 's/^peak .*, first at call //p' "$out/$1-summary.txt")
  bytes=$(sed -n 's/^peak *\([0-9]*\) .*/\1/p' "$out/$1-summary.txt")
  page "<h2>$3</h2>"
  page "<p>The calls of a real run, replayed into a pool of ours; this is not the program's own"
  page "heap.</p>"
  text "$1-summary.txt" "What <code>mempool-viz replay</code> says of it."

  first=$(call_of_first coalesce "$out/$1.jsonl")
  moment "$out/$1.jsonl" "$first" "$1-coalesce" "The first coalesce, at call $first."
  moment "$out/$1.jsonl" "$peak" "$1-peak" "The busiest moment, call $peak: $bytes bytes of \
payload are live."

  run replay "$2" --capacity "$bytes" -o "$out/$1-tight.jsonl" >"$out/$1-tight-summary.txt"
  run check "$out/$1-tight.jsonl"
  failed=$(sed -n 's/^failures .*, first at call //p' "$out/$1-tight-summary.txt")
  moment "$out/$1-tight.jsonl" "$failed" "$1-fail" "The same calls in a pool of $bytes bytes, \
as much as the program ever had live: call $failed is the first that fails."

  last=$("$viz" show "$out/$1.jsonl" | sed -n 's/^pool 1, call \([0-9]*\) of.*/\1/p')
  moment "$out/$1.jsonl" "$last" "$1-leaks" "What was still live when the program ended."
  "$viz" show "$out/$1.jsonl" >"$out/$1-show.txt"
  text "$1-show.txt" "The same as text: <code>mempool-viz show</code>."
}

page_begin
small_scene
recorded ls "$here/traces/real-ls-asis.rep.gz" "ls: 712 operations"
recorded git-log "$here/traces/real-git-log-asis.rep.gz" "git log: 38 thousand operations"
rm -f "$out/.said"

title "Done. Open this page:"
printf '%s\n' "$(cd "$out" && pwd)/index.html"
