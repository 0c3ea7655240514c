#!/bin/bash
# again.sh PROGRAM ARGUMENT…
#
# Runs a test, and once more if the leak checker itself broke down: now and then
# it looks at a thread that is just ending ("Tracer caught signal 11"), and says
# nothing about the program then.
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for _ in 1 2; do
  status=0
  "$@" >"$folder/out" 2>"$folder/err" || status=$?
  [ "$status" -ne 0 ] || break
  grep -q 'LeakSanitizer has encountered a fatal error' "$folder/err" || break
done
cat "$folder/out"
cat "$folder/err" >&2
exit "$status"
