#!/usr/bin/env bash
# Refreshes the site by config.toml and aggregator.db of this folder. Options go to `aggregator refresh`.
# Standard output is the hash of all pages.
set -euo pipefail

aggregator refresh "$@" >&2
week=$(date -u -d '7 days ago' +%G-W%V)
editions=$(aggregator --json edition list)
if ! grep -q "\"$week\"" <<<"$editions"; then
  aggregator edition build --week "$week" >&2 || echo "No edition of $week." >&2
fi
aggregator db prune >&2
(cd site && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) | sha256sum | cut -d ' ' -f 1
