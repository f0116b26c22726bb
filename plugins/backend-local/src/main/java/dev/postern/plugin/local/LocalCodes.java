// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.error.RefusalCode;

/** The refusal codes of this plugin. */
final class LocalCodes {
    /** Somebody whom only isolation could let in: another person, or a client that is not on this host. */
    static final RefusalCode NOT_ISOLATED = RefusalCode.user("local.not-isolated");

    /** The sandbox's id belongs to another resolver's sandbox already. */
    static final RefusalCode SANDBOX_TAKEN = RefusalCode.user("local.sandbox-taken");

    /** The sandbox's folder cannot be made or used. */
    static final RefusalCode FOLDER = RefusalCode.external("local.folder");

    /** This host lacks something that the component needs. */
    static final RefusalCode HOST = RefusalCode.resource("local.host");

    private LocalCodes() {}
}
