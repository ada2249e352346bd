#!/usr/bin/env bash
# Appends to $GITHUB_STEP_SUMMARY what `archc diff` says of each network in $ARCHC_PATHS that differs from $ARCHC_BASE.
set -euo pipefail

[[ -n ${ARCHC_BASE:-} ]] || exit 0
most=900000 # of the 1 MiB that a step may have
report=$(mktemp)
trap 'rm -f "$report"' EXIT

paths=()
while IFS= read -r path; do
  [[ -z $path ]] || paths+=("$path")
done <<<"$ARCHC_PATHS"

if ! git rev-parse --quiet --verify --end-of-options "$ARCHC_BASE^{commit}" >/dev/null; then
  git fetch --quiet --no-tags --depth=1 -- origin "$ARCHC_BASE"
fi
base=$(git rev-parse --short --verify --end-of-options "$ARCHC_BASE^{commit}")
touch -- "$GITHUB_STEP_SUMMARY"

skipped=0
while IFS= read -r -d '' file; do
  [[ $file == *.yaml || $file == *.yml ]] || continue
  grep -q '^name:' -- "./$file" || continue # a definition; the networks that use it are compared where they change
  code=0
  archc diff --format=markdown -- "$base:./$file" "./$file" >"$report" 2>&1 || code=$?
  if (($(wc -c <"$GITHUB_STEP_SUMMARY") + $(wc -c <"$report") > most)); then
    skipped=$((skipped + 1))
  elif ((code <= 1)); then
    cat -- "$report" >>"$GITHUB_STEP_SUMMARY"
    echo >>"$GITHUB_STEP_SUMMARY"
  else
    # What is no comparison is shown as it is, indented: so nothing in it is markup.
    { echo "This network cannot be compared:" && echo && sed 's/^/    /' -- "$report" && echo; } >>"$GITHUB_STEP_SUMMARY"
  fi
done < <(git diff --name-only -z --relative --no-renames --diff-filter=M "$base" -- "${paths[@]}")

if ((skipped)); then
  echo "$skipped more changed and are not shown: the summary is full." >>"$GITHUB_STEP_SUMMARY"
fi
