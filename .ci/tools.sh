# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Sourced by ./postern, ./test and .ci/format, in the root of the source tree.

# Finds a JDK 25 (and runs Maven on it: one warm compiler for all modules) and Maven, or says what is missing.
find_tools() {
    . distribution/src/main/share/find-java.sh
    find_java javac 25 || {
        echo "${0##*/}: needs a JDK 25 or later to build; found none by JAVA_HOME, on PATH or in /usr/lib/jvm" >&2
        exit 127
    }
    command -v mvn >/dev/null || {
        echo "${0##*/}: needs Maven 3.8.6 or later to build; there is no mvn on PATH (Debian: apt-get install maven)" >&2
        exit 127
    }
    # Maven 3.8's own Guava and Jansi; javac needs no more than this.
    export MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"
}
