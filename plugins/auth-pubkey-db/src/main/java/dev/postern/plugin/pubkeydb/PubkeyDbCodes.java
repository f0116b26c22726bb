// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import dev.postern.api.error.RefusalCode;

/** The refusal codes of this plugin. */
final class PubkeyDbCodes {
    /** The body of a call is not what it should be. */
    static final RefusalCode BAD_REQUEST = RefusalCode.user("pubkeydb.bad-request");

    /** There is no such user. */
    static final RefusalCode NO_USER = RefusalCode.user("pubkeydb.user-unknown");

    /** There is such a user already. */
    static final RefusalCode USER_EXISTS = RefusalCode.user("pubkeydb.user-exists");

    /** The user's name cannot be used. */
    static final RefusalCode USER_NAME = RefusalCode.user("pubkeydb.user-name");

    /** There is no such key. */
    static final RefusalCode NO_KEY = RefusalCode.user("pubkeydb.key-unknown");

    /** The key is there already. */
    static final RefusalCode KEY_EXISTS = RefusalCode.user("pubkeydb.key-duplicate");

    /** The key's name cannot be used. */
    static final RefusalCode KEY_NAME = RefusalCode.user("pubkeydb.key-name");

    /** Only the user or an administrator may do that. */
    static final RefusalCode NOT_YOURS = RefusalCode.user("pubkeydb.not-yours");

    /** The key or its user has ended meanwhile. */
    static final RefusalCode GONE = RefusalCode.user("pubkeydb.key-gone");

    private PubkeyDbCodes() {}
}
