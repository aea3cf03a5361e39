#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# archive-wal.sh PATH NAME: PostgreSQL's archive_command. Puts a WAL file into the directory wal beside this script:
# on disk before it says so, wholly or not at all, and never over a file that differs. A file that was ended early is
# mostly zeros, and is packed; a full one is copied as it is, which costs the database least.
set -eu
umask 077
wal=$(dirname "$0")/wal
for there in "$wal/$2" "$wal/$2.gz"; do
  if [ -e "$there" ]; then
    case $there in
    *.gz) gzip -dc "$there" | cmp -s - "$1" && same=yes || same= ;;
    *) cmp -s "$there" "$1" && same=yes || same= ;;
    esac
    if [ "$same" ]; then
      # Whoever put it there may have been killed before it was on disk.
      sync "$there"
      sync "$wal"
      exit 0
    fi
    echo "archive-wal: $there is there already and differs; another server archives there, too?" >&2
    exit 1
  fi
done
draft=$wal/.$2.$$
trap 'rm -f "$draft"' EXIT
if [ $(($(tail -c 65536 "$1" | tr -d '\000' | wc -c))) -eq 0 ]; then
  target=$wal/$2.gz
  gzip -1 -c "$1" >"$draft"
else
  target=$wal/$2
  cp "$1" "$draft"
fi
sync "$draft"
ln "$draft" "$target"
sync "$wal"
