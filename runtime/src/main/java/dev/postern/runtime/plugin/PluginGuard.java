// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.plugin;

import dev.postern.api.admin.ApiProblem;
import dev.postern.api.admin.ApiRoute;
import dev.postern.api.audit.AuditSink;
import dev.postern.api.auth.Authenticator;
import dev.postern.api.auth.CertificateIssuer;
import dev.postern.api.backend.FileException;
import dev.postern.api.backend.ListenResult;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxFiles;
import dev.postern.api.backend.SandboxListener;
import dev.postern.api.backend.SandboxProcess;
import dev.postern.api.backend.SessionBackend;
import dev.postern.api.backend.StartResult;
import dev.postern.api.error.PosternException;
import dev.postern.api.event.SessionObserver;
import dev.postern.api.listener.ListenerProvider;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.ComponentFactory;
import dev.postern.api.plugin.PosternPlugin;
import dev.postern.api.sandbox.ResumeHook;
import dev.postern.api.sandbox.SandboxProvisioner;
import dev.postern.api.sandbox.SandboxResolver;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the gateway and everything of one plugin that the SPI lets the gateway call: while a call runs, the
 * thread's context class loader is the plugin's, and what it throws against the rules becomes a {@link PluginException}.
 * What a call returns is guarded as well. Byte streams are not: data passes by here only once, when they are handed over.
 */
public final class PluginGuard {
    /** Every interface of the SPI that a plugin implements and the gateway calls, but those that carry bytes. */
    static final Set<Class<?>> GUARDED =
            Set.of(
                    PosternPlugin.class,
                    ComponentFactory.class,
                    Component.class,
                    Authenticator.class,
                    SandboxResolver.class,
                    ResumeHook.class,
                    SessionBackend.class,
                    SandboxProvisioner.class,
                    CertificateIssuer.class,
                    ListenerProvider.class,
                    SessionObserver.class,
                    AuditSink.class,
                    SandboxConnection.class,
                    SandboxProcess.class,
                    SandboxListener.class,
                    SandboxFiles.class,
                    SandboxFiles.OpenFile.class,
                    SandboxFiles.Listing.class,
                    ApiRoute.Handler.class,
                    AutoCloseable.class);

    private final String plugin;
    private final ClassLoader loader;
    private final PluginFailures failures;

    /**
     * A guard for one plugin.
     *
     * @param plugin its name
     * @param loader its class loader
     * @param failures counts what it throws
     */
    public PluginGuard(String plugin, ClassLoader loader, PluginFailures failures) {
        this.plugin = plugin;
        this.loader = loader;
        this.failures = failures;
    }

    /** Guards an object of the plugin as one interface of the SPI. */
    public <T> T guard(Class<T> spi, T target) {
        if (Proxy.isProxyClass(target.getClass())
                && Proxy.getInvocationHandler(target) instanceof Guarded
                && spi.isInstance(target)) {
            return target;
        }
        return spi.cast(
                Proxy.newProxyInstance(
                        PluginGuard.class.getClassLoader(),
                        new Class<?>[] {spi},
                        new Guarded(target)));
    }

    private Object guardResult(Type declared, Object result) {
        return switch (result) {
            case Optional<?> optional -> optional.map(it -> guardResult(argument(declared), it));
            case List<?> list when isGuardedElement(argument(declared)) ->
                    list.stream().map(it -> guardResult(argument(declared), it)).toList();
            case StartResult.Started(SandboxProcess process) ->
                    new StartResult.Started(guard(SandboxProcess.class, process));
            case ListenResult.Listening(SandboxListener listener) ->
                    new ListenResult.Listening(guard(SandboxListener.class, listener));
            case ApiRoute route ->
                    new ApiRoute(
                            route.method(),
                            route.path(),
                            route.roles(),
                            route.summary(),
                            route.requestSchema(),
                            route.responseSchema(),
                            guard(ApiRoute.Handler.class, route.handler()));
            default ->
                    declared instanceof Class<?> type && GUARDED.contains(type)
                            ? guardAs(type, result)
                            : result;
        };
    }

    private <T> T guardAs(Class<T> type, Object result) {
        return guard(type, type.cast(result));
    }

    private static boolean isGuardedElement(Type element) {
        return element == ApiRoute.class
                || (element instanceof Class<?> type && GUARDED.contains(type));
    }

    private static Type argument(Type declared) {
        return declared instanceof ParameterizedType type
                ? type.getActualTypeArguments()[0]
                : Object.class;
    }

    private final class Guarded implements InvocationHandler {
        private final Object target;

        Guarded(Object target) {
            this.target = target;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
                throws Throwable {
            if (method.getDeclaringClass() == Object.class) {
                return ofObject(method, arguments);
            }
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            thread.setContextClassLoader(loader);
            try {
                Object result = method.invoke(target, arguments);
                return result == null ? null : guardResult(method.getGenericReturnType(), result);
            } catch (InvocationTargetException e) {
                throw rethrown(method, e.getCause() == null ? e : e.getCause());
            } finally {
                thread.setContextClassLoader(before);
            }
        }

        private Throwable rethrown(Method method, Throwable thrown) {
            return switch (thrown) {
                case PosternException e -> e;
                case InterruptedException e -> e;
                case ApiProblem e -> e;
                case FileException e -> e;
                case LinkageError e -> wrapped(method, e);
                case Error e -> e;
                default -> wrapped(method, thrown);
            };
        }

        private PluginException wrapped(Method method, Throwable thrown) {
            String name = method.getDeclaringClass().getSimpleName() + "." + method.getName();
            failures.failed(plugin, name);
            return new PluginException(plugin, name, thrown);
        }

        private Object ofObject(Method method, Object @Nullable [] arguments) {
            return switch (method.getName()) {
                case "hashCode" -> target.hashCode();
                case "equals" -> arguments != null && target.equals(unwrapped(arguments[0]));
                default -> target.toString();
            };
        }

        private static @Nullable Object unwrapped(@Nullable Object other) {
            return other != null
                            && Proxy.isProxyClass(other.getClass())
                            && Proxy.getInvocationHandler(other) instanceof Guarded guarded
                    ? guarded.target
                    : other;
        }
    }
}
