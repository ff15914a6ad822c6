#!/bin/sh
# Each public header compiles alone, and twice, as C11 and as C++ (.hpp: as C++17 and C++20),
# without a warning. Its meaning does not depend on a macro of the user: with -DPOOL_DEBUG the
# preprocessed text is the same.
#
#   headers.sh INCLUDE_FOLDER        speaks TAP; needs gcc or clang, as CC and CXX name them
set -u
include=$1
cc=${CC:-cc} cxx=${CXX:-c++}
count=0
failed=0
said=$(mktemp) || exit 1
trap 'rm -f "$said"' EXIT

# says STATUS NAME: one TAP line.
says() {
  count=$((count + 1))
  if [ "$1" = 0 ]; then echo "ok $count - $2"; else
    echo "not ok $count - $2"
    failed=1
  fi
}

# compiles COMPILER FLAG ...: the header of the loop, included twice.
compiles() {
  printf '#include <%s>\n#include <%s>\nextern int last;\n' "$header" "$header" |
    "$@" -I "$include" -Wall -Wextra -Wpedantic -Werror -fsyntax-only -
}

# refuses FLAG WORDS: the header of the loop does not compile, and says why.
refuses() {
  ! compiles "$cxx" -x c++ -std=c++17 "$1" 2>"$said" && grep -q "#error.*$2" "$said"
}

# meaning FLAG ...: what the C compiler sees of the header.
meaning() {
  echo "#include <$header>" | "$cc" -x c -std=c11 -E -P "$@" -I "$include" -
}

echo "TAP version 13"
for header in $(cd "$include" && find . -name '*.h' -o -name '*.hpp' | sed 's,^\./,,' | sort); do
  compiles "$cxx" -x c++ -std=c++20
  says $? "$header is C++20"
  case $header in *.hpp)
    compiles "$cxx" -x c++ -std=c++17 -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor
    says $? "$header is C++17"
    refuses -std=c++14 'need C++17'
    says $? "$header says that it needs C++17"
    refuses -fno-exceptions 'need exceptions'
    says $? "$header says that it needs exceptions"
    case $header in mempool/pool.hpp) continue ;; esac
    refuses -fno-rtti 'needs RTTI'
    says $? "$header says that it needs RTTI"
    continue ;;
  esac
  compiles "$cxx" -x c++ -std=c++11
  says $? "$header is C++11"
  compiles "$cc" -x c -std=c11 -pedantic-errors -Wstrict-prototypes -Wc++-compat
  says $? "$header is C11"
  [ "$(meaning)" = "$(meaning -DPOOL_DEBUG=1 -DNDEBUG -DDEBUG)" ]
  says $? "$header means the same whatever the user defines"
done
echo "1..$count"
exit $failed
