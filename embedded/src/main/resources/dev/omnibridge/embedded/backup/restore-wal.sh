#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# restore-wal.sh NAME PATH: PostgreSQL's restore_command, the way back from archive-wal.sh. Ends with 1 where the
# archive has no such file, which ends a recovery as it should, and with 255 where it has a damaged one, which stops it.
set -eu
wal=$(dirname "$0")/wal
if [ -e "$wal/$1" ]; then
  cp "$wal/$1" "$2" || exit 255
elif [ -e "$wal/$1.gz" ]; then
  gzip -dc "$wal/$1.gz" >"$2" || exit 255
else
  exit 1
fi
