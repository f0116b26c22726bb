# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Sourced by bin/postern, and by ./postern and ./test of the source tree.
#
# find_java TOOL MAJOR   sets JAVA_HOME to a JDK or JRE that has bin/TOOL and is at least version MAJOR; fails if there is none.
# Looks at JAVA_HOME, then at PATH, then where packages and version managers put JDKs. Starts no JVM: a JDK says its
# version in the file "release".

java_major() {
    [ -x "$1/bin/$2" ] && [ -r "$1/release" ] || return 1
    while IFS='=' read -r key value; do
        if [ "$key" = JAVA_VERSION ]; then
            value=${value#\"}
            value=${value%%[!0-9]*}
            [ -n "$value" ] || return 1
            major=$value
            return 0
        fi
    done <"$1/release"
    return 1
}

find_java() {
    if [ -n "${JAVA_HOME:-}" ] && java_major "$JAVA_HOME" "$1" && [ "$major" -ge "$2" ]; then
        return 0
    fi
    on_path=$(command -v "$1" 2>/dev/null) && on_path=$(readlink -f "$on_path" 2>/dev/null)
    for home in "${on_path%/bin/*}" /usr/lib/jvm/* /opt/* /opt/java/* /usr/local/* /usr/java/* \
        "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if [ -n "$home" ] && java_major "$home" "$1" && [ "$major" -ge "$2" ]; then
            JAVA_HOME=$home
            export JAVA_HOME
            return 0
        fi
    done
    return 1
}
