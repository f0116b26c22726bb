// SPDX-License-Identifier: Apache-2.0
package dev.postern.database;

import dev.postern.api.error.RefusalCode;

/** The refusal codes of stores. */
public final class DatabaseCodes {
    /** The database does not answer, is locked or full. */
    public static final RefusalCode UNAVAILABLE = RefusalCode.external("database.unavailable");

    /** Its schema is not what this version expects. */
    public static final RefusalCode SCHEMA = RefusalCode.external("database.schema");

    private DatabaseCodes() {}
}
