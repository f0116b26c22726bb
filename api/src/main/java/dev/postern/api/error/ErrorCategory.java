// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.error;

/** Who can do something about a failure. */
public enum ErrorCategory {
    /** The person who asked: a wrong name, a key without rights, a policy. */
    USER,
    /** Something outside the gateway: a control plane, a sandbox, a database. */
    EXTERNAL,
    /** A limit or an exhausted resource. */
    RESOURCE,
    /** A defect of the gateway or of a plugin. */
    INTERNAL
}
