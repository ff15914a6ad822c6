// SIGINT, noted: see interrupt.hpp.
#include "shell/interrupt.hpp"

#include <csignal>

namespace mempool::viz {

namespace {

volatile std::sig_atomic_t noted = 0;
struct sigaction before;

extern "C" void note(int) {
  noted = 1;
}

}  // namespace

Interrupt::Interrupt() {
  noted = 0;
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, &before);
}

Interrupt::~Interrupt() {
  ::sigaction(SIGINT, &before, nullptr);
}

bool Interrupt::came() {
  return noted != 0;
}

void Interrupt::forget() {
  noted = 0;
}

}  // namespace mempool::viz
