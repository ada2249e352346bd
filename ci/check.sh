#!/usr/bin/env bash
# Checks $ARCHC_PATHS (one a line) with GitHub's annotations; writes $ARCHC_SARIF too, where it names a file.
set -euo pipefail

paths=()
while IFS= read -r path; do
  [[ -z $path ]] || paths+=("$path")
done <<<"$ARCHC_PATHS"

strict=()
[[ ${ARCHC_STRICT:-false} != true ]] || strict=(--strict)

if [[ -n ${ARCHC_SARIF:-} ]]; then
  # What it finds is told below, and by the exit code of that.
  archc check --format=sarif --output="$ARCHC_SARIF" --force --limit diagnostics=5000 -- "${paths[@]}" >/dev/null || [[ $? -eq 1 ]]
fi
archc check --format=github "${strict[@]}" -- "${paths[@]}"
