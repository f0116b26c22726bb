// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.api.auth.Identity;
import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ByteSource;
import dev.postern.api.backend.ConnectionContext;
import dev.postern.api.backend.DuplexStream;
import dev.postern.api.backend.ListenResult;
import dev.postern.api.backend.ListenSpec;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxFiles;
import dev.postern.api.backend.SandboxListener;
import dev.postern.api.backend.SandboxProcess;
import dev.postern.api.backend.SessionBackend;
import dev.postern.api.backend.StartResult;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.listener.ListenerHandler;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.GatewayInfo;
import dev.postern.api.plugin.PluginContext;
import dev.postern.api.sandbox.SandboxAccess;
import dev.postern.api.sandbox.SandboxRef;
import dev.postern.api.sandbox.SandboxRequest;
import dev.postern.api.sandbox.SandboxResolver;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PluginGuardTest {
    /** What the gateway implements and a plugin calls, what only carries bytes, and event listeners of the gateway. */
    private static final Set<Class<?>> NOT_OF_PLUGINS =
            Set.of(
                    ByteSource.class,
                    ByteSink.class,
                    DuplexStream.class,
                    ListenerHandler.class,
                    PluginContext.class,
                    GatewayInfo.class,
                    SandboxAccess.class,
                    dev.postern.api.event.Events.class,
                    dev.postern.api.event.LiveConnections.class);

    private final List<String> failures = new ArrayList<>();
    private final ClassLoader loader = new URLClassLoader(new URL[0]);
    private final PluginGuard guard =
            new PluginGuard("p", loader, (plugin, method) -> failures.add(method));

    @Test
    void everyInterfaceOfTheSpiThatPluginsImplementIsGuarded()
            throws IOException, URISyntaxException {
        Path classes =
                Path.of(
                        Component.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        List<Class<?>> interfaces = new ArrayList<>();
        for (String file : files(classes)) {
            if (file.endsWith(".class") && !file.endsWith("package-info.class")) {
                Class<?> type = type(file.replace(".class", "").replace('/', '.'));
                if (type.isInterface() && !type.isSealed() && !type.isAnnotation()) {
                    interfaces.add(type);
                }
            }
        }
        assertThat(interfaces).hasSizeGreaterThan(20);
        assertThat(interfaces)
                .allSatisfy(it ->
                        assertThat(PluginGuard.GUARDED.contains(it))
                                .as(it.getName())
                                .isNotEqualTo(NOT_OF_PLUGINS.contains(it)));
    }

    /** The API is a folder of classes in a module's own test run, and a jar in a build of all modules. */
    private static List<String> files(Path classes) throws IOException {
        if (Files.isRegularFile(classes)) {
            try (JarFile jar = new JarFile(classes.toFile())) {
                return jar.stream().map(JarEntry::getName).toList();
            }
        }
        try (Stream<Path> files = Files.walk(classes)) {
            return files.map(it -> classes.relativize(it).toString()).toList();
        }
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName(name, false, Component.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    /** Default methods included: a proxy hands every method over, and this keeps it so. */
    @Test
    void everyMethodOfEveryInterfaceRunsWithThePluginsLoader() throws ReflectiveOperationException {
        for (Class<?> spi : PluginGuard.GUARDED) {
            for (Method method : spi.getMethods()) {
                if (java.lang.reflect.Modifier.isStatic(method.getModifiers())) {
                    continue;
                }
                List<ClassLoader> seen = new ArrayList<>();
                InvocationHandler watching =
                        (proxy, called, arguments) -> {
                            seen.add(Thread.currentThread().getContextClassLoader());
                            throw new IllegalStateException("seen");
                        };
                Object guarded = guarded(spi, watching);
                @Nullable Object[] arguments = new @Nullable Object[method.getParameterCount()];
                for (int i = 0; i < arguments.length; i++) {
                    arguments[i] = zero(method.getParameterTypes()[i]);
                }
                assertThatThrownBy(() -> method.invoke(guarded, arguments))
                        .as(spi.getSimpleName() + "." + method.getName())
                        .cause()
                        .isInstanceOf(PluginException.class)
                        .hasMessageContaining("seen");
                assertThat(seen).containsExactly(loader);
            }
        }
        assertThat(failures)
                .contains("Authenticator.confirm", "SessionObserver.opened", "Component.health");
    }

    private <T> T guarded(Class<T> spi, InvocationHandler handler) {
        return guard.guard(
                spi,
                spi.cast(
                        Proxy.newProxyInstance(
                                spi.getClassLoader(), new Class<?>[] {spi}, handler)));
    }

    private static @Nullable Object zero(Class<?> type) {
        return switch (type.getName()) {
            case "boolean" -> false;
            case "int" -> 0;
            case "long" -> 0L;
            default -> null;
        };
    }

    @Test
    void whatACallReturnsIsGuardedToo() throws InterruptedException {
        SessionBackend backend = guarded(SessionBackend.class, PluginGuardTest::answer);
        SandboxConnection connection =
                backend.connect(
                        new SandboxRef("r", "s", "", "b", Map.of()),
                        new ConnectionContext(
                                "c", new Identity("a", "me"), Optional.empty(), Optional.empty()));
        assertGuarded(connection);
        assertThat(connection.listen(new ListenSpec(new ListenSpec.PrivateSocket(), it -> {})))
                .isInstanceOfSatisfying(
                        ListenResult.Listening.class, it -> assertGuarded(it.listener()));
        SandboxFiles files = connection.files().orElseThrow();
        assertGuarded(files);
        assertGuarded(files.list("x"));
        assertThat(
                        connection.start(
                                new ProcessSpec(
                                        "s", new ProcessSpec.Shell(), Optional.empty(), Map.of())))
                .isInstanceOfSatisfying(
                        StartResult.Started.class,
                        it -> {
                            assertGuarded(it.process());
                            assertThat(handlerName(it.process().stdout()))
                                    .as("streams are not guarded")
                                    .doesNotContain("Guarded");
                        });
        assertThat(failures).isEmpty();
    }

    @Test
    void whatTheRulesAllowPassesAsItIs() {
        PosternException allowed = new PosternException(RefusalCodes.BACKEND_LOST, "gone");
        SandboxResolver resolver =
                guarded(
                        SandboxResolver.class,
                        (proxy, method, arguments) -> {
                            throw allowed;
                        });
        assertThatThrownBy(() ->
                        resolver.resolve(
                                new SandboxRequest(
                                        "c",
                                        "r",
                                        Optional.empty(),
                                        List.of(),
                                        Optional.empty(),
                                        Optional.empty())))
                .isSameAs(allowed);
        SandboxResolver interrupted =
                guarded(
                        SandboxResolver.class,
                        (proxy, method, arguments) -> {
                            throw new InterruptedException();
                        });
        assertThatThrownBy(() ->
                        interrupted.resolve(
                                new SandboxRequest(
                                        "c",
                                        "r",
                                        Optional.empty(),
                                        List.of(),
                                        Optional.empty(),
                                        Optional.empty())))
                .isInstanceOf(InterruptedException.class);
        assertThat(failures).isEmpty();
    }

    /** Returns a proxy of the same kind wherever a method returns an interface. */
    private static Object answer(Object proxy, Method method, Object[] arguments) {
        Class<?> type = method.getReturnType();
        if (type == StartResult.class) {
            return new StartResult.Started(answering(SandboxProcess.class));
        }
        if (type == ListenResult.class) {
            return new ListenResult.Listening(answering(SandboxListener.class));
        }
        return type == Optional.class
                ? Optional.of(answering(SandboxFiles.class))
                : answering(type);
    }

    private static <T> T answering(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(), new Class<?>[] {type}, PluginGuardTest::answer));
    }

    private static void assertGuarded(Object object) {
        assertThat(handlerName(object)).contains("Guarded");
    }

    private static String handlerName(Object object) {
        return Proxy.getInvocationHandler(object).getClass().getName();
    }
}
