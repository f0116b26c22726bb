// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

/**
 * What a sandbox connection can do. The gateway never asks for what is not declared; the peer gets an immediate, named
 * refusal instead.
 */
public enum Capability {
    /** Commands with pipes. */
    EXEC,
    /** Shells and commands on a PTY. */
    PTY,
    /** Window changes of a PTY. */
    RESIZE,
    /** Signals to a process by SSH name. */
    SIGNAL,
    /** Death by signal is told apart from an exit status. */
    EXIT_SIGNAL,
    /** End of file on stdin reaches the process. */
    STDIN_EOF,
    /** Environment variables are set. */
    ENVIRONMENT,
    /** Processes run as the user that was asked for. */
    GUEST_USER,
    /** A native SFTP stream, as a subsystem process. */
    SFTP_STREAM,
    /** {@link SandboxConnection#files} is present. */
    FILES,
    /** TCP connections from inside the sandbox. */
    DIAL_TCP,
    /** Connections to Unix sockets inside the sandbox. */
    DIAL_UNIX,
    /** TCP listeners inside the sandbox. */
    LISTEN_TCP,
    /** Unix socket listeners inside the sandbox, also for agent forwarding. */
    LISTEN_UNIX
}
