// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.registry;

import dev.postern.api.error.RefusalCode;

/** The refusal codes of this plugin. */
final class RegistryCodes {
    /** The body of a call is not what it should be. */
    static final RefusalCode BAD_REQUEST = RefusalCode.user("registry.bad-request");

    /** The sandbox's id cannot be used. */
    static final RefusalCode BAD_ID = RefusalCode.user("registry.sandbox-id");

    /** There is such a sandbox already. */
    static final RefusalCode EXISTS = RefusalCode.user("registry.sandbox-exists");

    /** There is no such sandbox. */
    static final RefusalCode UNKNOWN = RefusalCode.user("registry.sandbox-unknown");

    /** The backend is not one that this registry may name. */
    static final RefusalCode BACKEND = RefusalCode.user("registry.backend-not-listed");

    /** The sandbox has ended, but its backend could not remove what it made for it. */
    static final RefusalCode DESTROY_FAILED = RefusalCode.external("registry.destroy-failed");

    private RegistryCodes() {}
}
