// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.api.admin.ApiProblem;
import dev.postern.api.admin.ApiRequest;
import dev.postern.api.admin.ApiResponse;
import dev.postern.api.admin.ApiRoute;
import dev.postern.api.admin.Role;
import dev.postern.api.plugin.GatewayInfo;
import dev.postern.api.sandbox.SandboxProvisioner;
import dev.postern.api.value.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sandboxes in the admin API. */
final class RegistryRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryRoutes.class);
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Set<String> FIELDS =
            Set.of("id", "owner", "team", "backend", "attributes", "expires_in");
    private static final Pattern LIFETIME = Pattern.compile("([1-9][0-9]{0,8})([smhd])");
    private static final String SCHEMA =
            "{\"type\":\"object\",\"required\":[\"id\",\"owner\",\"backend\"],\"properties\":{"
                    + "\"id\":{\"type\":\"string\"},\"owner\":{\"type\":\"string\"},\"team\":{\"type\":\"string\"},"
                    + "\"backend\":{\"type\":\"string\"},\"attributes\":{\"type\":\"object\"},\"expires_in\":{\"type\":\"string\"}}}";
    private static final String OBJECT = "{\"type\":\"object\"}";

    private final String component;
    private final RegistrySettings settings;
    private final SandboxStore store;
    private final Map<String, SandboxProvisioner> provisioners;
    private final GatewayInfo gateway;
    private final InstantSource clock;

    RegistryRoutes(
            String component,
            RegistrySettings settings,
            SandboxStore store,
            Map<String, SandboxProvisioner> provisioners,
            GatewayInfo gateway,
            InstantSource clock) {
        this.component = component;
        this.settings = settings;
        this.store = store;
        this.provisioners = Map.copyOf(provisioners);
        this.gateway = gateway;
        this.clock = clock;
    }

    List<ApiRoute> all() {
        Set<Role> admin = Set.of(Role.ADMIN);
        Set<Role> user = Set.of(Role.ADMIN, Role.USER);
        return List.of(
                new ApiRoute(
                        "GET", "/v1/sandboxes", user, "Lists sandboxes", "", OBJECT, this::list),
                new ApiRoute(
                        "POST",
                        "/v1/sandboxes",
                        admin,
                        "Registers a sandbox",
                        SCHEMA,
                        OBJECT,
                        this::add),
                new ApiRoute(
                        "GET",
                        "/v1/sandboxes/{id}",
                        user,
                        "Shows a sandbox and how to reach it",
                        "",
                        OBJECT,
                        this::get),
                new ApiRoute(
                        "DELETE",
                        "/v1/sandboxes/{id}",
                        user,
                        "Ends a sandbox and all that runs in it",
                        "",
                        "",
                        this::kill));
    }

    private ApiResponse list(ApiRequest request) {
        ObjectNode answer = MAPPER.createObjectNode();
        ArrayNode sandboxes = answer.putArray("sandboxes");
        store.all().stream()
                .filter(s -> visible(s, request))
                .forEach(s -> sandboxes.add(describe(s)));
        return answer(200, answer);
    }

    private ApiResponse get(ApiRequest request) {
        return answer(200, describe(find(request)));
    }

    /** With {@code ?if-absent=true} one that is there and is the same is an answer, not a conflict. */
    private ApiResponse add(ApiRequest request) throws InterruptedException {
        JsonNode body = body(request);
        String id = required(body, "id");
        if (!SandboxIds.valid(id)) {
            throw new ApiProblem(
                    400,
                    RegistryCodes.BAD_ID,
                    "The sandbox id is '" + id + "', expected " + SandboxIds.EXPECTED);
        }
        String backend = required(body, "backend");
        if (!settings.backends().contains(backend)) {
            throw new ApiProblem(
                    400,
                    RegistryCodes.BACKEND,
                    "The backend '"
                            + backend
                            + "' is not one of '"
                            + component
                            + "', expected "
                            + String.join(", ", settings.backends()));
        }
        Optional<Duration> lifetime = text(body, "expires_in").map(RegistryRoutes::lifetime);
        Optional<String> team = text(body, "team");
        String owner = required(body, "owner");
        Map<String, String> attributes = attributes(body);
        Optional<Sandbox> there = store.find(id);
        if (there.isPresent()) {
            if (isOneLike(there.get(), owner, team, backend, attributes)
                    && "true".equals(request.query().get("if-absent"))) {
                return answer(200, describe(there.get()));
            }
            if (there.get().expiredAt(clock.instant())) {
                end(there.get());
            }
        }
        return answer(201, describe(store.add(id, owner, team, backend, attributes, lifetime)));
    }

    private boolean isOneLike(
            Sandbox there,
            String owner,
            Optional<String> team,
            String backend,
            Map<String, String> attributes) {
        return !there.endedAt(clock.instant())
                && there.owner().equals(owner)
                && there.team().equals(team)
                && there.backend().equals(backend)
                && there.attributes().equals(attributes);
    }

    private ApiResponse kill(ApiRequest request) throws InterruptedException {
        end(find(request));
        return ApiResponse.noContent();
    }

    /** Nobody can enter it once this is committed; then its backend removes what it made for it. */
    private void end(Sandbox which) throws InterruptedException {
        Sandbox sandbox = store.end(which.id());
        SandboxProvisioner provisioner = provisioners.get(sandbox.backend());
        if (provisioner != null) {
            try {
                provisioner.destroy(sandbox.ref(component));
            } catch (RuntimeException e) {
                LOG.atWarn()
                        .setMessage("A sandbox ended, but its backend could not remove it")
                        .addKeyValue("sandbox", sandbox.id())
                        .addKeyValue("backend", sandbox.backend())
                        .setCause(e)
                        .log();
                throw new ApiProblem(
                        502,
                        RegistryCodes.DESTROY_FAILED,
                        "Sandbox '"
                                + sandbox.id()
                                + "' has ended and nobody can enter it, but its backend '"
                                + sandbox.backend()
                                + "' could not remove it; end it again to try once more");
            }
        }
        store.forget(sandbox);
    }

    private Sandbox find(ApiRequest request) {
        String id = request.pathParameters().getOrDefault("id", "");
        return Optional.of(id)
                .filter(SandboxIds::valid)
                .flatMap(store::find)
                .filter(s -> visible(s, request))
                .orElseThrow(() -> SandboxStore.unknown(id));
    }

    /** A user's token sees the user's own sandboxes and the team's; to it, others do not exist. */
    private static boolean visible(Sandbox sandbox, ApiRequest request) {
        ApiRequest.Caller caller = request.caller();
        return caller.role() != Role.USER
                || sandbox.owner().equals(caller.subject())
                || sandbox.team()
                        .filter(t -> caller.team().filter(t::equals).isPresent())
                        .isPresent();
    }

    private ObjectNode describe(Sandbox sandbox) {
        ObjectNode tree = MAPPER.createObjectNode();
        tree.put("id", sandbox.id());
        tree.put("owner", sandbox.owner());
        sandbox.team().ifPresent(t -> tree.put("team", t));
        tree.put("backend", sandbox.backend());
        ObjectNode attributes = tree.putObject("attributes");
        sandbox.attributes().forEach(attributes::put);
        tree.put("state", state(sandbox));
        tree.put("created_at", sandbox.createdAt().toString());
        sandbox.expiresAt().ifPresent(t -> tree.put("expires_at", t.toString()));
        endpoint()
                .ifPresent(e ->
                        tree.putObject("ssh")
                                .put("host", e.host())
                                .put("port", e.port())
                                .put("username", sandbox.id()));
        return tree;
    }

    private String state(Sandbox sandbox) {
        return sandbox.expiredAt(clock.instant())
                ? "expired"
                : sandbox.state().name().toLowerCase(Locale.ROOT);
    }

    private Optional<Endpoint> endpoint() {
        return gateway.routesOf(component).stream()
                .flatMap(r -> gateway.sshEndpoint(r).stream())
                .findFirst();
    }

    private static JsonNode body(ApiRequest request) {
        try {
            JsonNode body = MAPPER.readTree(request.body().toArray());
            if (!body.isObject()) {
                throw bad("The body is not a JSON object");
            }
            body.fieldNames()
                    .forEachRemaining(name -> {
                        if (!FIELDS.contains(name)) {
                            throw bad(
                                    "The field '"
                                            + name
                                            + "' is not known, expected "
                                            + String.join(", ", FIELDS.stream().sorted().toList()));
                        }
                    });
            return body;
        } catch (IOException e) {
            throw bad("The body is not JSON");
        }
    }

    private static String required(JsonNode body, String field) {
        return text(body, field).orElseThrow(() -> bad("The field '" + field + "' is missing"));
    }

    private static Optional<String> text(JsonNode body, String field) {
        JsonNode value = body.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual() || value.asText().isBlank() || value.asText().indexOf('\0') >= 0) {
            throw bad("The field '" + field + "' is not a text");
        }
        return Optional.of(value.asText());
    }

    private static Map<String, String> attributes(JsonNode body) {
        JsonNode value = body.path("attributes");
        if (!value.isMissingNode() && !value.isObject()) {
            throw bad("The field 'attributes' is not an object of texts");
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        value.properties()
                .forEach(entry -> {
                    if (!entry.getValue().isTextual()
                            || (entry.getKey() + entry.getValue().asText()).indexOf('\0') >= 0) {
                        throw bad("The attribute '" + entry.getKey() + "' is not a text");
                    }
                    attributes.put(entry.getKey(), entry.getValue().asText());
                });
        return attributes;
    }

    private static Duration lifetime(String text) {
        Matcher matcher = LIFETIME.matcher(text);
        if (!matcher.matches()) {
            throw bad(
                    "expires_in is '" + text + "', expected a number and s, m, h or d, such as 8h");
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    private static ApiResponse answer(int status, JsonNode tree) {
        try {
            return ApiResponse.json(status, MAPPER.writeValueAsString(tree));
        } catch (IOException e) {
            throw new IllegalStateException("A JSON tree that cannot be written", e);
        }
    }

    private static ApiProblem bad(String detail) {
        return new ApiProblem(400, RegistryCodes.BAD_REQUEST, detail);
    }
}
