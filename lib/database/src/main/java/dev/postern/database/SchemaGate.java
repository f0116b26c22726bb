// SPDX-License-Identifier: Apache-2.0
package dev.postern.database;

import dev.postern.api.error.PosternException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets nobody use a store's tables before its migrations were applied; a database that is down at start is tried again. */
final class SchemaGate {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaGate.class);

    private final Migrations migrations;
    private final Database database;
    private final ReentrantLock applying = new ReentrantLock();
    private volatile boolean open;

    SchemaGate(Migrations migrations, Database database) {
        this.migrations = migrations;
        this.database = database;
    }

    /** Tries for the first time; only a schema that does not fit is a reason not to start. */
    void begin() {
        try {
            pass();
        } catch (PosternException e) {
            if (e.code().equals(DatabaseCodes.SCHEMA)) {
                throw e;
            }
            LOG.atWarn()
                    .setMessage("A database does not answer yet; its tables are looked at later")
                    .setCause(e)
                    .log();
        }
    }

    /** Returns when the tables are as the code expects them. */
    void pass() {
        if (open) {
            return;
        }
        applying.lock();
        try {
            if (!open) {
                migrations.apply(database);
                open = true;
            }
        } finally {
            applying.unlock();
        }
    }
}
