#!/usr/bin/env bash
# Keeps the database of a site between runs, encrypted, as files of the release named `state`.
#
#   state.sh load                makes the newest copy aggregator.db; without any copy a new site begins
#   state.sh save                adds a copy of aggregator.db, then removes all but the newest three
#   state.sh is-published HASH   ends with 0 if the pages with this hash are the ones published last
#   state.sh published HASH      notes that they are
#
# A copy is added before older ones are removed, so a run that is killed at any point loses nothing but itself.
# STATE_KEY is the passphrase: the files of a release of a public repository can be read by all.
set -euo pipefail

release=state
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GNUPGHOME="$work"

assets() { gh release view "$release" --json assets --jq '.assets[] | select(.state == "uploaded") | .name'; }
crypt() { gpg --batch --yes --quiet --pinentry-mode loopback --passphrase-fd 3 "$@" 3<<<"$STATE_KEY"; }

add() {  # adds a file, then removes all but the newest N whose names begin with a prefix
  gh release upload "$release" "$1"
  local names
  names=$(assets)
  grep "^$3" <<<"$names" | sort -r | tail -n +"$(($2 + 1))" | while read -r name; do
    gh release delete-asset "$release" "$name" --yes
  done
}

case "${1:-}" in
  load)
    : "${STATE_KEY:?set the secret STATE_KEY to a long passphrase}"
    # A failure to ask ends the run here; only an answer without the release counts as a new site.
    tags=$(gh release list --limit 1000 --json tagName --jq '.[].tagName')
    if ! grep -qx "$release" <<<"$tags"; then
      gh release create "$release" --title "State of the site" --latest=false \
        --notes "Encrypted copies of the database, kept by the workflow. Do not delete."
    fi
    names=$(assets)
    copies=$(grep '^database-' <<<"$names" | sort -r || true)
    for name in $copies; do
      gh release download "$release" --pattern "$name" --dir "$work"
      if crypt --output aggregator.db.new --decrypt "$work/$name"; then
        mv aggregator.db.new aggregator.db
        echo "Continuing with $name."
        exit 0
      fi
      echo "$name cannot be read." >&2
    done
    [ -z "$copies" ] || { echo "No copy can be read: is STATE_KEY the one they were made with?" >&2; exit 1; }
    echo "No copy yet: a new site begins."
    ;;
  save)
    : "${STATE_KEY:?set the secret STATE_KEY to a long passphrase}"
    aggregator db backup "$work/copy.db"
    file="$work/database-$(date -u +%Y%m%dT%H%M%S.%N).gpg"
    crypt --symmetric --cipher-algo AES256 --output "$file" "$work/copy.db"
    add "$file" 3 database-
    ;;
  is-published)
    newest=$(assets | grep '^published-' | sort | tail -n 1)
    [ "${newest##*-}" = "$2" ]
    ;;
  published)
    file="$work/published-$(date -u +%Y%m%dT%H%M%S.%N)-$2"
    echo "$2" > "$file"
    add "$file" 1 published-
    ;;
  *) sed -n '2,8p' "$0" >&2; exit 2 ;;
esac
