// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.plugin;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A database that a test may make fail or stall, and heal again. */
public final class FaultySource implements DataSource, AutoCloseable {
    private final DataSource source;
    private volatile boolean failing;
    private volatile @Nullable CountDownLatch stall;

    /** Over a database that works. */
    public FaultySource(DataSource source) {
        this.source = source;
    }

    /** From now on it gives no connection and says so. */
    public void fail() {
        failing = true;
    }

    /** From now on it gives no connection and says nothing. */
    public void stall() {
        stall = new CountDownLatch(1);
    }

    /** From now on it works; who waited gets a connection. */
    public void heal() {
        failing = false;
        CountDownLatch waiting = stall;
        stall = null;
        if (waiting != null) {
            waiting.countDown();
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        CountDownLatch waiting = stall;
        if (waiting != null) {
            try {
                waiting.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SQLException("interrupted while the test let the database stall", e);
            }
        }
        if (failing) {
            throw new SQLException("the test made the database fail", "08001");
        }
        return source.getConnection();
    }

    @Override
    public Connection getConnection(@Nullable String user, @Nullable String password)
            throws SQLException {
        return getConnection();
    }

    /** Lets those go who still wait. */
    @Override
    public void close() {
        heal();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() throws SQLException {
        return source.getLogWriter();
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        source.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        source.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return source.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return source.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return source.isWrapperFor(type);
    }
}
