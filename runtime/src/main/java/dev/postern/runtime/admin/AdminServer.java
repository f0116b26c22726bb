// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import dev.postern.api.admin.ApiResponse;
import dev.postern.api.error.ConfigException;
import dev.postern.api.value.Bytes;
import dev.postern.api.value.Secret;
import dev.postern.runtime.config.AdminSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The HTTP server of the admin API (Jetty); every call runs on a virtual thread. */
public final class AdminServer implements AutoCloseable {
    private static final int BODY_MOST = 1 << 20;

    private final Server server;
    private final ServerConnector connector;
    private final boolean tls;

    private AdminServer(Server server, ServerConnector connector, boolean tls) {
        this.server = server;
        this.connector = connector;
        this.tls = tls;
    }

    /**
     * Binds and starts.
     *
     * @throws ConfigException if the address is not loopback and there is no TLS, or if it is taken
     */
    public static AdminServer start(
            InetSocketAddress address, AdminSettings settings, AdminApi api, Probes probes) {
        InetAddress bound = address.getAddress();
        if (settings.tls().isEmpty() && (bound == null || !bound.isLoopbackAddress())) {
            throw new ConfigException(
                    "postern.admin.address is '"
                            + address
                            + "', which is not loopback;"
                            + " expected postern.admin.tls with certificate-file and key-file, or a loopback address");
        }
        QueuedThreadPool threads = new QueuedThreadPool(8, 2);
        threads.setName("admin-http");
        threads.setDaemon(true);
        threads.setVirtualThreadsExecutor(
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("admin-call-", 0).factory()));
        Server server = new Server(threads);
        ServerConnector connector =
                settings.tls()
                        .map(t -> secure(server, t))
                        .orElseGet(() ->
                                new ServerConnector(
                                        server, 1, 1, new HttpConnectionFactory(configuration())));
        connector.setHost(bound == null ? address.getHostString() : bound.getHostAddress());
        connector.setPort(address.getPort());
        server.addConnector(connector);
        server.setHandler(new Calls(api, probes));
        try {
            server.start();
        } catch (IOException e) {
            stop(server);
            throw new ConfigException(
                    "postern.admin.address is '"
                            + text(address)
                            + "', which cannot be bound: "
                            + reason(e)
                            + "; expected a free address");
        } catch (Exception e) {
            stop(server);
            throw new ConfigException("The admin API cannot start: " + e.getMessage());
        }
        return new AdminServer(server, connector, settings.tls().isPresent());
    }

    /** Where it listens, such as {@code http://127.0.0.1:8022}. */
    public URI address() {
        String host = connector.getHost();
        String literal = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return URI.create(
                (tls ? "https://" : "http://") + literal + ":" + connector.getLocalPort());
    }

    @Override
    public void close() {
        stop(server);
    }

    private static ServerConnector secure(Server server, AdminSettings.Tls tls) {
        SslContextFactory.Server ssl = new SslContextFactory.Server();
        ssl.setKeyStore(PemKeyStore.read(tls.certificate(), tls.key()));
        ssl.setKeyStorePassword("");
        ssl.setKeyManagerPassword("");
        ssl.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        HttpConnectionFactory http = new HttpConnectionFactory(configuration());
        return new ServerConnector(
                server, 1, 1, new SslConnectionFactory(ssl, http.getProtocol()), http);
    }

    private static HttpConfiguration configuration() {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setSendDateHeader(true);
        return configuration;
    }

    private static void stop(Server server) {
        try {
            server.stop();
        } catch (Exception e) {
            // It is stopped as far as it can be.
            return;
        }
    }

    private static String text(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }

    private static String reason(IOException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return String.valueOf(cause.getMessage());
    }

    private static final class Calls extends Handler.Abstract {
        private final AdminApi api;
        private final Probes probes;

        Calls(AdminApi api, Probes probes) {
            this.api = api;
            this.probes = probes;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback)
                throws Exception {
            Optional<ApiResponse> probe =
                    probes.answer(request.getMethod(), Request.getPathInContext(request));
            write(response, probe.isPresent() ? probe.get() : answer(request), callback);
            return true;
        }

        private ApiResponse answer(Request request) throws IOException, InterruptedException {
            if (request.getLength() > BODY_MOST) {
                return Problems.document(413, ApiCodes.TOO_LARGE, "The body is larger than 1 MiB");
            }
            byte[] body = Content.Source.asInputStream(request).readNBytes(BODY_MOST + 1);
            if (body.length > BODY_MOST) {
                return Problems.document(413, ApiCodes.TOO_LARGE, "The body is larger than 1 MiB");
            }
            return api.answer(
                    new Call(
                            request.getMethod(),
                            Request.getPathInContext(request),
                            query(request),
                            token(request),
                            Bytes.of(body)));
        }

        private static Map<String, String> query(Request request) {
            Map<String, String> values = new HashMap<>();
            for (Fields.Field field : Request.extractQueryParameters(request)) {
                values.putIfAbsent(field.getName(), field.getValue());
            }
            return values;
        }

        private static Optional<Secret> token(Request request) {
            HttpField field = request.getHeaders().getField(HttpHeader.AUTHORIZATION);
            String value = field == null || field.getValue() == null ? "" : field.getValue();
            return value.regionMatches(true, 0, "Bearer ", 0, 7)
                    ? Optional.of(Secret.of(value.substring(7).strip()))
                    : Optional.empty();
        }

        private static void write(Response response, ApiResponse answer, Callback callback) {
            response.setStatus(answer.status());
            response.getHeaders().put("Cache-Control", "no-store");
            if (answer.body().length() > 0) {
                response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.contentType());
            }
            if (answer.status() == 401) {
                response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
            }
            response.write(true, ByteBuffer.wrap(answer.body().toArray()), callback);
        }
    }
}
