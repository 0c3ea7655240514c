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
  # Some tests are also somebody else, who must find the way there.
  chmod 711 "$scratch" "$TMPDIR"
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
  rm -f "$folder"/meson-logs/testlog*.junit.xml
  meson test -C "$folder" --no-rebuild --print-errorlogs "${arguments[@]}" "$@" || status=$?
  # Under a wrapper meson puts its name into that of the file.
  for log in "$folder"/meson-logs/testlog*.junit.xml; do
    tally "$log" || status=1
  done
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

# The mirror this machine's apt uses.
debian_mirror()
{
  # shellcheck disable=SC2016 # for apt to expand
  apt-get indextargets --format '$(REPO_URI)' | grep -m1 -E '/debian/?$'
}

# debian_source FOLDER SUITE ARGUMENT OF apt-get source…: into FOLDER, which is
# left alone by the machine's own lists of packages.
debian_source()
{
  local folder=$1 suite=$2 pocket options
  shift 2
  for pocket in "" -updates; do
    echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirror) $suite$pocket main"
  done >"$scratch/sources.list"
  mkdir -p "$scratch/lists/partial"
  options=(-qq -o Dir::Etc::SourceList="$scratch/sources.list" -o Dir::Etc::SourceParts=/dev/null
           -o Dir::State::Lists="$scratch/lists" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update &&
    (cd "$folder" && apt-get "${options[@]}" source "$@")
}
