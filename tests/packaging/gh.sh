#!/usr/bin/env bash
# Stands in for GitHub's `gh` in tests: releases are folders of $RELEASES. With FAIL_AT=COMMAND that command fails.
set -euo pipefail
[ "$1" = release ] || exit 2
[ "$2" != "${FAIL_AT:-}" ] || { echo "$2 failed" >&2; exit 1; }
case "$2" in
  list) ls "$RELEASES" ;;
  create) mkdir "$RELEASES/$3" ;;
  view) ls "$RELEASES/$3" ;;
  upload) cp "$4" "$RELEASES/$3/" ;;
  download) cp "$RELEASES/$3/$5" "$7/" ;;
  delete-asset) rm "$RELEASES/$3/$4" ;;
  *) exit 2 ;;
esac
