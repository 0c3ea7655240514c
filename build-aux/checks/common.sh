# shellcheck shell=bash
# Sourced by the checks: what those that run test programs share.

# shellcheck source=build-aux/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

# Warnings stop the build where we know the compilers: in CI.
werror=false
[ -z "${CI:-}" ] || werror=true

# The folder of the gcc test build, with coverage when that is asked for.
test_folder=_build-test
[ -z "${VLIVE_COVERAGE:-}" ] || test_folder=_build-coverage

set_up_tests()
{
  build-aux/setup build app display test "$@"
  if [ -x tests/servers/setup ]; then
    tests/servers/setup
  fi
}

build_tests()
{
  local options=("-Dwerror=$werror")
  use_compiler gcc
  if [ -n "${VLIVE_COVERAGE:-}" ]; then
    options+=(--buildtype=debug -Db_coverage=true -Dc_args=-fprofile-update=atomic)
  fi
  configure $test_folder "${options[@]}"
  build $test_folder
}

# What test programs run under: a display of their own, no session bus, and a
# temporary folder that goes with us.
test_environment()
{
  ulimit -c 0
  start_display
  export GTK_A11Y=test LC_ALL=C.UTF-8 TMPDIR=$scratch/tmp
  mkdir -p "$TMPDIR"
  unset G_MESSAGES_DEBUG
}

# run_suites FOLDER SUITE… [-- OPTION OF MESON TEST…]
run_suites()
{
  local folder=$1 status=0 arguments=() log
  shift
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    arguments+=(--suite "$1")
    shift
  done
  [ $# -eq 0 ] || shift
  log=$folder/meson-logs/testlog.junit.xml
  rm -f "$log"
  meson test -C "$folder" --no-rebuild --print-errorlogs "${arguments[@]}" "$@" || status=$?
  tally "$log" || status=1
  return $status
}

# count PASSED FAILED: for the sum of build-aux/test.
count()
{
  if [ -n "${VLIVE_TALLY:-}" ]; then
    printf '%d %d\n' "$1" "$2" >>"$VLIVE_TALLY"
  fi
}

# Adds the test cases of a JUnit file to the sum of build-aux/test. A skipped
# test is a failed one: what cannot run here must be installed by us.
tally()
{
  local cases failed
  [ -f "$1" ] || return 0
  cases=$(grep -o '<testcase' "$1" | wc -l)
  failed=$(grep -oE '<(failure|error|skipped)( |/|>)' "$1" | wc -l)
  if grep -q '<skipped' "$1"; then
    say "some tests were skipped, which counts as failed"
  fi
  count $((cases - failed)) "$failed"
  [ "$failed" -eq 0 ]
}

# One clang build for the sanitizers and the fuzzers.
build_sanitized()
{
  use_compiler clang
  configure _build-asan -Dwerror=true -Dintrospection=false -Dfuzz=true \
    -Db_sanitize=address,undefined -Db_lundef=false -Dc_args=-fsanitize=fuzzer-no-link
  build _build-asan
}
