// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.sandbox;

/** What a resolver knows of a sandbox's state without waking it. */
public enum SandboxState {
    /** It runs. */
    RUNNING,
    /** It comes up; the resume hook waits for it. */
    STARTING,
    /** Its memory is kept, nothing runs. */
    PAUSED,
    /** It does not run. */
    STOPPED,
    /** The resolver cannot tell; the resume hook is asked. */
    UNKNOWN
}
