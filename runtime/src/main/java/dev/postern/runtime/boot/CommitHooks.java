// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What a connection of the gateway's databases can be unwrapped to: it runs actions after the transaction commits. */
interface CommitHooks {
    /** Runs the action once when the transaction has committed, on its thread; never if it is rolled back. */
    void afterCommit(Runnable action);

    /** The same data source, whose connections have hooks. */
    static DataSource on(DataSource source) {
        return proxy(
                DataSource.class,
                (proxy, method, arguments) -> {
                    Object result = call(source, method, arguments);
                    return result instanceof Connection connection
                            ? proxy(Connection.class, new HookedConnection(connection))
                            : result;
                });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(
                        CommitHooks.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static @Nullable Object call(
            Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    /** For one thread, as connections are. */
    final class HookedConnection implements InvocationHandler, CommitHooks {
        private final Connection connection;
        private final List<Runnable> actions = new ArrayList<>();

        HookedConnection(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void afterCommit(Runnable action) {
            actions.add(action);
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
                throws Throwable {
            if (arguments != null && arguments.length == 1 && arguments[0] == CommitHooks.class) {
                if (method.getName().equals("isWrapperFor")) {
                    return true;
                }
                return this;
            }
            return switch (method.getName()) {
                case "commit" -> committed(call(connection, method, arguments));
                // By JDBC, turning auto-commit on commits.
                case "setAutoCommit" ->
                        arguments != null && Boolean.TRUE.equals(arguments[0])
                                ? committed(call(connection, method, arguments))
                                : call(connection, method, arguments);
                case "rollback" -> rolledBack(method, arguments);
                case "close", "abort" -> {
                    actions.clear();
                    yield call(connection, method, arguments);
                }
                default -> call(connection, method, arguments);
            };
        }

        private @Nullable Object committed(@Nullable Object result) {
            List<Runnable> now = List.copyOf(actions);
            actions.clear();
            now.forEach(Runnable::run);
            return result;
        }

        /** Back to a savepoint: nothing is dropped, since a revocation too many is better than one too few. */
        private @Nullable Object rolledBack(Method method, Object @Nullable [] arguments)
                throws Throwable {
            if (arguments == null) {
                actions.clear();
            }
            return call(connection, method, arguments);
        }
    }
}
