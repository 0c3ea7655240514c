# shellcheck shell=bash
# Sourced by run, test, setup and the checks: the few functions they share.
# Expects to be sourced from within the tree; leaves the caller in its root.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck disable=SC2034 # used by those who source this
root=$PWD

say()
{
  printf 'vlive: %s\n' "$*" >&2
}

die()
{
  say "$*"
  exit 1
}

# A folder that goes when the script ends, whichever way: $scratch.
# Processes whose ids are in $children are ended, and waited for, before it.
children=()
scratch=$(mktemp -d "${TMPDIR:-/tmp}/vlive-XXXXXX")

# The last first: it may need those before it.
end_children()
{
  local i
  for ((i = ${#children[@]} - 1; i >= 0; i--)); do
    kill "${children[i]}" 2>/dev/null || true
    wait "${children[i]}" 2>/dev/null || true
  done
  children=()
}

clean_up()
{
  local status=$?
  trap '' INT TERM HUP
  end_children
  rm -rf "$scratch"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# Runs a command so that a signal to this script ends it at once.
attend()
{
  "$@" <&0 &
  children+=($!)
  wait "${children[-1]}"
}

# configure FOLDER OPTION…: sets a build folder up, anew when the options or the
# compiler are others than last time. A folder set up by hand stays as it is.
configure()
{
  local folder=$1 options
  shift
  options="${CC:-} $*"
  if [ -f "$folder/build.ninja" ]; then
    [ -f "$folder/.options" ] || return 0
    [ "$(cat "$folder/.options")" != "$options" ] || return 0
  fi
  say "configuring $folder"
  rm -rf "${root:?}/$folder"
  if ! meson setup "$folder" "$@" >"$scratch/configure.log" 2>&1; then
    cat "$scratch/configure.log" >&2
    die "meson setup $folder failed"
  fi
  printf '%s\n' "$options" >"$folder/.options"
}

# build FOLDER [TARGET…]: one line when all is well, everything when not.
build()
{
  local folder=$1
  shift
  if [ -t 2 ] && [ -t 1 ]; then
    meson compile -C "$folder" "$@" >&2 || die "the build in $folder failed"
  elif ! meson compile -C "$folder" "$@" >"$scratch/build.log" 2>&1; then
    grep -vE '^\[[0-9]+/[0-9]+\]|^INFO: |^(ccache |/?[a-z/]*bin/)?(gcc|cc|clang) ' "$scratch/build.log" >&2 || true
    die "the build in $folder failed"
  else
    say "built $folder"
  fi
}

# compiler NAME: sets CC, with ccache when there is one.
use_compiler()
{
  CC=$1
  if command -v ccache >/dev/null; then
    CC="ccache $1"
  fi
  export CC
}

# A virtual display: sets DISPLAY and draws by software, without bus or GL.
start_display()
{
  local tries=0
  : >"$scratch/display"
  Xvfb -displayfd 5 -screen 0 1280x1024x24 -nolisten tcp -noreset \
       5>"$scratch/display" 2>"$scratch/xvfb.log" &
  children+=($!)
  until [ -s "$scratch/display" ]; do
    tries=$((tries + 1))
    if [ $tries -gt 200 ] || ! kill -0 "${children[-1]}" 2>/dev/null; then
      cat "$scratch/xvfb.log" >&2
      die "Xvfb did not start"
    fi
    sleep 0.05
  done
  DISPLAY=:$(cat "$scratch/display")
  export DISPLAY GDK_BACKEND=x11 GSK_RENDERER=cairo GDK_DEBUG=gl-disable GTK_A11Y=none
  unset WAYLAND_DISPLAY
  no_bus
}

# No session bus, and none that GLib starts and leaves behind.
no_bus()
{
  export DBUS_SESSION_BUS_ADDRESS=disabled:
  XDG_RUNTIME_DIR=$scratch/run
  mkdir -p "$XDG_RUNTIME_DIR"
  chmod 700 "$XDG_RUNTIME_DIR"
  export XDG_RUNTIME_DIR
}
