#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds or tests the guest agent:
#
#   build.sh build OUTPUT-DIRECTORY VERSION    postern-agent-linux-amd64 and -arm64; the same bytes from the same sources
#   build.sh test                              vet and tests
#
# Without Go it says so and is content: everything else of Postern builds without the agent.
set -eu
cd "$(dirname "$0")"

if ! command -v go >/dev/null 2>&1; then
    if [ -x /usr/local/go/bin/go ]; then
        PATH=$PATH:/usr/local/go/bin
    else
        echo "guest-agent: Go is not installed, so the agent is left out ($1)"
        exit 0
    fi
fi

case $1 in
build)
    mkdir -p "$2"
    for arch in amd64 arm64; do
        CGO_ENABLED=0 GOOS=linux GOARCH=$arch go build -trimpath -buildvcs=false \
            -ldflags "-s -w -buildid= -X main.version=$3" -o "$2/postern-agent-linux-$arch" .
    done
    ;;
test)
    go vet ./...
    go test ./...
    ;;
*)
    echo "guest-agent: '$1' is unknown, expected build or test" >&2
    exit 2
    ;;
esac
