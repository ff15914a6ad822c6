// The page of the rules that `mempool-viz check` holds a log against; run when the documentation
// is built. Says nothing of its own about a rule: every word comes from viz/model/rules.cpp.
#include <iostream>

#include "model/rules.hpp"

int main() {
  std::cout
      << "# Rules of a log {#rules}\n\n"
         "What `mempool-viz check` holds a log against, event by event and call by call, made "
         "from the one list in `viz/model/rules.cpp`. It names the first rule that does not "
         "hold, as `R7 placement`, with what shows it.\n\n"
         "Most are any allocator's: they are about a story that adds up. Those marked as "
         "*ours* are this pool's own contract, its order of events, its geometry and its "
         "policy; `check --no-policy` leaves them out, for the log of another allocator. "
         "R18 and R19 are the @ref invariants I1 and I2, seen from the other side.\n\n"
         "| rule | name | | in words |\n|---|---|---|---|\n";
  for (const mempool::viz::RuleText& rule : mempool::viz::rules())
    std::cout << "| **R" << static_cast<int>(rule.rule) << "** | " << rule.name << " | "
              << (rule.ours ? "*ours*" : "") << " | " << rule.text << " |\n";
}
