// SPDX-License-Identifier: Apache-2.0
package dev.postern.database;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A pool of one connection, which is given out again and again, whatever state it was left in. */
final class PooledOne implements AutoCloseable {
    private final Connection connection;

    PooledOne(DataSource source) throws SQLException {
        connection = source.getConnection();
    }

    DataSource source() {
        Connection given =
                (Connection)
                        Proxy.newProxyInstance(
                                PooledOne.class.getClassLoader(),
                                new Class<?>[] {Connection.class},
                                (_, method, arguments) -> {
                                    if (method.getName().equals("close")) {
                                        return null;
                                    }
                                    try {
                                        return method.invoke(connection, arguments);
                                    } catch (InvocationTargetException e) {
                                        throw e.getCause();
                                    }
                                });
        return (DataSource)
                Proxy.newProxyInstance(
                        PooledOne.class.getClassLoader(),
                        new Class<?>[] {DataSource.class},
                        (_, _, _) -> given);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
