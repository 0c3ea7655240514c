#!/bin/bash
# symbols.sh LIBRARY LIST PREFIX HEADER…
#
# The library exports what LIST holds, nothing but names that begin with PREFIX,
# and all that the headers declare. TAP.
set -u
export LC_ALL=C
library=$1 list=$2 prefix=$3
shift 3
failed=0

# report NUMBER WORDS NAMES: ok when there are no NAMES.
report()
{
  if [ -z "$3" ]; then
    echo "ok $1 - $2"
  else
    echo "not ok $1 - $2"
    printf '%s\n' "$3" | sed 's/^/# /'
    failed=1
  fi
}

# Those of gcov come with a build that measures coverage, some with the linker.
exported=$(nm --dynamic --defined-only --format=posix "$library" | cut -d' ' -f1 |
  grep -vE '^(__gcov_|mangle_path$|(__bss_start|_edata|_end)$)' | sort -u)
# The name before the first bracket of each prototype, or of each declared type.
declared=$(cat "$@" | sed 's,/\*.*\*/,,; s/[[:space:]]\+/ /g' | tr '\n' ' ' |
  sed 's/VLIVE\(_GTK\)\?_AVAILABLE_IN_[0-9_]* /\n&/g' |
  sed -nE "s/^VLIVE[A-Z_]*_IN_[0-9_]+ *G_DECLARE_[A-Z_]+ \\([A-Za-z]+, *([a-z_]+),.*/\\1_get_type/p; t
           s/^VLIVE[A-Z_]*_IN_[0-9_]+ [^(]*\\b(${prefix}[a-z0-9_]+) ?\\(.*/\\1/p" | sort -u)

echo 1..3
report 1 "exports only names of $prefix" "$(printf '%s\n' "$exported" | grep -v "^$prefix")"
report 2 "exports what its headers declare" \
  "$(comm -23 <(printf '%s\n' "$declared") <(printf '%s\n' "$exported"))"
report 3 "exports what ${list##*/} holds (build-aux/update-symbols writes it anew)" \
  "$(diff "$list" <(printf '%s\n' "$exported"))"
exit $failed
