// SPDX-License-Identifier: Apache-2.0
package dev.postern.cli;

/** The exit codes of the command; those of a remote command are passed on as they are. */
final class Exit {
    /** Done. */
    static final int OK = 0;

    /** The gateway or the system refused. */
    static final int REFUSED = 1;

    /** The command line or a configuration is wrong. */
    static final int USAGE = 2;

    /** No gateway answers. */
    static final int UNREACHABLE = 3;

    private Exit() {}
}
