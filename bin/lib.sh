# SPDX-License-Identifier: Apache-2.0
# Sourced by ./bridge and bin/run-service, which set `home`, `program` and the `jar` they run: finds a
# JDK 25, and builds what is missing or out of date, once, however many scripts want it at a time.
# OMNIBRIDGE_BUILD=never runs what is built, however old; OMNIBRIDGE_AOT=never does without the cache
# that makes starts of ./bridge faster.
# shellcheck shell=bash

target=$home/bridge-cli/target
stamp=$target/bridge-built
cache=$target/bridge.aot
hashing_cache=$target/hashing.aot
modules="proto runtime embedded runtime/launchable db-adapter stamping-service intelligence-service orchestrator reducer bridge-cli"

# Seconds after which the build of another process counts as stuck: more than all limits of one together.
longest_build=4200

# What every JVM of the suite gets. Add-Opens and the like are in the manifests of the jars. The last two keep new
# code and classes from stopping everything, a fifth of a second each time, while they have room: docs/decisions/0035.
always=(
  -Domnibridge.home="$home"
  -Dsun.jnu.encoding=UTF-8
  --enable-native-access=ALL-UNNAMED
  --sun-misc-unsafe-memory-access=allow
  -XX:+UseSerialGC
  -XX:SweeperThreshold=60
  -XX:MetaspaceSize=128m
)

# What hashing is fast with. The threshold lets the compiler begin with the vectors at once, not after
# thousands of calls, each of which is slow until then.
vectors=(
  --add-modules jdk.incubator.vector
  -XX:CompileCommand=quiet
  -XX:CompileCommand=CompileThresholdScaling,dev.omnibridge.runtime.blake3.Lanes::*,0.02
)

# What those get that take uploads: what is under way of one when the collector comes has room between the young. Else
# it would die among the old, for which the heap is widened to its limit before they are collected.
uploads=(-Xms48m -XX:NewSize=32m -XX:SurvivorRatio=2)

# What the verbs get that hash files.
hashing=(-Xmx256m "${vectors[@]}")

# What a JVM with all five services gets besides.
suite=(
  "${uploads[@]}" -Xms128m -XX:NewSize=64m -Xmx384m
  -XX:MaxDirectMemorySize=128m -XX:ReservedCodeCacheSize=160m -Xss512k "${vectors[@]}"
)

fail() { # sentence, exit code (3 without)
  printf '%s: %s\n' "$program" "$1" >&2
  exit "${2:-3}"
}

is_jdk_25() { # home; reads the release file, which is much faster than asking java
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && grep -q '^JAVA_VERSION="25[."]' "$1/release" 2>/dev/null
}

jdk_candidates() {
  [ -n "${JAVA_HOME:-}" ] && printf '%s\n' "$JAVA_HOME"
  local java
  java=$(command -v java) && dirname "$(dirname "$(readlink -f "$java" 2>/dev/null || printf '%s' "$java")")"
  ls -d /usr/lib/jvm/*25* "${HOME:-}"/.sdkman/candidates/java/25* "${HOME:-}"/.jdks/*25* 2>/dev/null
  [ -x /usr/libexec/java_home ] && /usr/libexec/java_home -v 25 2>/dev/null
}

find_jdk_25() {
  local candidate
  while read -r candidate; do
    if is_jdk_25 "$candidate"; then
      printf '%s\n' "$candidate"
      return
    fi
  done < <(jdk_candidates)
  fail "Omnibridge needs a JDK 25 and found none: install one (for example Temurin 25 from adoptium.net), or point JAVA_HOME at it."
}

is_up_to_date() {
  [ -f "$jar" ] || return 1
  [ "${OMNIBRIDGE_BUILD:-}" = never ] && return 0
  [ -f "$stamp" ] || return 1
  local module sources=("$home/pom.xml")
  for module in $modules; do
    sources+=("$home/$module/pom.xml" "$home/$module/src/main")
  done
  # A directory is newer when something in it was removed.
  [ -z "$(find "${sources[@]}" -newer "$stamp" -print 2>/dev/null | head -n 1)" ]
}

# Builds, unless somebody else does so meanwhile.
build() {
  [ "${OMNIBRIDGE_BUILD:-}" = never ] &&
    fail "$jar is not built, and OMNIBRIDGE_BUILD=never forbids to build it."
  command -v mvn >/dev/null 2>&1 ||
    fail "Omnibridge has to be built first and Maven is not there: install Maven 3.8.7 or later, then run this again."
  mkdir -p "$target" 2>/dev/null && [ -w "$target" ] || fail "$target cannot be written; build as its owner."
  local lock=$target/bridge-lock mine=$target/bridge-lock.$$ owner told= began=$SECONDS
  trap 'rm -f "$mine" "$mine.link"' EXIT
  rm -f "$mine" "$mine.link"
  of_process $$ >"$mine"
  # Else there would never be a lock to wait for.
  ln "$mine" "$mine.link" 2>/dev/null ||
    fail "$target has to be where files can have hard links, which keep two builds apart. Or build with mvn -B package -DskipTests, and set OMNIBRIDGE_BUILD=never."
  rm -f "$mine.link"
  # A link is made at once with what is in the file, or not at all.
  until ln "$mine" "$lock" 2>/dev/null; do
    owner=$(cat "$lock" 2>/dev/null)
    [ $((SECONDS - began)) -lt $longest_build ] ||
      fail "The build of process ${owner%% *}, which has $lock, does not end: end it, then run this again."
    if [ -n "$owner" ] && ! is_running "$owner"; then
      break_lock "$lock" "$owner"
    elif [ -z "$told" ]; then
      told=yes
      echo "$program: waiting for a build that is under way ..." >&2
    fi
    sleep 0.2
  done
  trap 'rm -rf "$lock" "$mine" "$target/bridge-training"' EXIT
  if ! is_up_to_date; then
    run_maven
  fi
  rm -f "$lock" "$mine"
  trap - EXIT
}

# A process as a lock names it: by its number and, where /proc tells it, by when it began, for numbers are given again.
of_process() { # pid
  local stat='' words=()
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null
  # Behind its name, which is in parentheses and may have spaces, it is the 20th word.
  read -r -a words <<<"${stat##*) }"
  printf '%s %s\n' "$1" "${words[19]:-}"
}

# Whether the owner of a lock still runs. One with the number of this process was before it: in a container the first
# process always has the number 1.
is_running() { # as of_process tells it
  local pid=${1%% *}
  [ "$pid" != $$ ] && kill -0 "$pid" 2>/dev/null && [ "$(of_process "$pid")" = "$1" ]
}

# Takes away the lock of an owner that is gone, unless somebody else has done so and locks it now.
break_lock() { # lock, owner
  local broken=$1.broken.$$
  mv "$1" "$broken" 2>/dev/null || return 0
  [ "$(cat "$broken" 2>/dev/null)" = "$2" ] || ln "$broken" "$1" 2>/dev/null
  rm -f "$broken"
}

run_maven() {
  local log=$target/bridge-build.log begun=$target/bridge-begun began=$SECONDS
  if [ -f "$stamp" ]; then
    echo "Building what has changed ..." >&2
  else
    echo "Building Omnibridge; the first time takes a few minutes, with its downloads ..." >&2
  fi
  touch "$begun"
  # In place of the subshell, so that ending it ends Maven.
  (cd "$home" && export JAVA_HOME="$jdk" && exec mvn -B -q -Dmaven.test.skip=true -pl bridge-cli -am package) >"$log" 2>&1 &
  if ! await $! "$began" "building" 3600; then
    tail -n 30 "$log" >&2
    fail "The build failed; the end of its log is above, all of it is in $log."
  fi
  train
  # What was changed during the build counts as newer.
  mv "$begun" "$stamp"
  echo "Built in $((SECONDS - began)) s." >&2
}

# One small demo on data of its own, and the hashing of some files, from which the JVM keeps what the
# next starts need. Without the caches everything works as well, only slower, so a failure is no
# failure of the build.
train() {
  local data=$target/bridge-training
  rm -rf "$cache" "$hashing_cache" "$data"
  [ "${OMNIBRIDGE_AOT:-}" = never ] && return
  : >"$data.log"
  # Without the second compiler, as demos run; with the vectors nothing of what it learns would be kept.
  record "$cache" "${suite[@]}" -XX:TieredStopAtLevel=1 -jar "$target/bridge.jar" demo --limit 10 --data "$data" -o json
  record "$hashing_cache" "${hashing[@]}" -jar "$target/bridge.jar" stamp --local "$home/docs" "$home/bridge-cli/src"
  rm -rf "$data"
}

record() { # cache, arguments of java
  local into=$1 began=$SECONDS
  shift
  env -u OMNIBRIDGE_ADDRESS "$jdk/bin/java" "${always[@]}" -XX:AOTCacheOutput="$into.new" "$@" >>"$target/bridge-training.log" 2>&1 &
  await $! "$began" "recording a start" 180 && [ -f "$into.new" ] && mv "$into.new" "$into"
  rm -rf "$into.new"
}

# Passes standard input on without the line that Java begins with when it is given the vectors, and that
# no option of Java silences. Ends when its writer does, whatever signals the terminal sends to both.
without_vector_line() {
  local line
  trap '' HUP INT TERM
  if IFS= read -r line || [ -n "$line" ]; then
    [ "$line" = "WARNING: Using incubator modules: jdk.incubator.vector" ] || printf '%s\n' "$line"
    exec cat
  fi
}

# Waits for a process, shows that it goes on, and ends it at the limit or when this script is ended:
# gently, and 20 s later by force. What it uses is free when this returns.
await() { # pid, beginning, what it does, limit in seconds
  local limit=$4 signal=TERM interrupted=
  trap 'interrupted=yes; limit=0' INT TERM
  while kill -0 "$1" 2>/dev/null; do
    [ -t 2 ] && printf '\r\033[K  %d s, %s' $((SECONDS - $2)) "$3" >&2
    if [ $((SECONDS - $2)) -ge "$limit" ]; then
      kill -s "$signal" "$1" 2>/dev/null
      signal=KILL limit=$((SECONDS - $2 + 20))
    fi
    sleep 0.2
  done
  [ -t 2 ] && printf '\r\033[K' >&2
  trap - INT TERM
  [ -z "$interrupted" ] || exit 130
  wait "$1"
}
