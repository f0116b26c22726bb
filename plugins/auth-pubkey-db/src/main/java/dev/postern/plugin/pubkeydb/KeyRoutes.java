// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.api.admin.ApiProblem;
import dev.postern.api.admin.ApiRequest;
import dev.postern.api.admin.ApiResponse;
import dev.postern.api.admin.ApiRoute;
import dev.postern.api.admin.Role;
import dev.postern.api.error.RefusalCode;
import dev.postern.keys.KeyParse;
import dev.postern.keys.PublicKeys;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Users and keys in the admin API. An administrator may do everything, a user what concerns the user alone. */
final class KeyRoutes {
    private static final Pattern USER_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,62}");
    private static final Pattern KEY_ID = Pattern.compile("[0-9a-f-]{36}");
    private static final int KEY_NAME_MOST = 100;
    private static final int COMMENT_MOST = 256;
    private static final String USER_SCHEMA =
            "{\"type\":\"object\",\"required\":[\"name\"],\"properties\":{\"name\":{\"type\":\"string\"},"
                    + "\"teams\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}";
    private static final String CHANGE_SCHEMA =
            "{\"type\":\"object\",\"required\":[\"disabled\"],\"properties\":{\"disabled\":{\"type\":\"boolean\"}}}";
    private static final String KEY_SCHEMA =
            "{\"type\":\"object\",\"required\":[\"public_key\"],\"properties\":{\"name\":{\"type\":\"string\"},"
                    + "\"public_key\":{\"type\":\"string\"},\"expires_in\":{\"type\":\"string\"}}}";
    private static final String OBJECT = "{\"type\":\"object\"}";

    private final PubkeyDbSettings settings;
    private final KeyStore store;

    KeyRoutes(PubkeyDbSettings settings, KeyStore store) {
        this.settings = settings;
        this.store = store;
    }

    List<ApiRoute> all() {
        Set<Role> admin = Set.of(Role.ADMIN);
        Set<Role> self = Set.of(Role.ADMIN, Role.USER);
        return List.of(
                new ApiRoute("GET", "/v1/users", admin, "Lists users", "", OBJECT, this::listUsers),
                new ApiRoute(
                        "POST",
                        "/v1/users",
                        admin,
                        "Adds a user",
                        USER_SCHEMA,
                        OBJECT,
                        this::addUser),
                new ApiRoute(
                        "GET", "/v1/users/{user}", self, "Shows a user", "", OBJECT, this::getUser),
                new ApiRoute(
                        "PATCH",
                        "/v1/users/{user}",
                        admin,
                        "Lets a user in or no more",
                        CHANGE_SCHEMA,
                        OBJECT,
                        this::changeUser),
                new ApiRoute(
                        "DELETE",
                        "/v1/users/{user}",
                        admin,
                        "Deletes a user and all keys",
                        "",
                        "",
                        this::deleteUser),
                new ApiRoute(
                        "GET",
                        "/v1/users/{user}/ssh-keys",
                        self,
                        "Lists a user's keys",
                        "",
                        OBJECT,
                        this::listKeys),
                new ApiRoute(
                        "POST",
                        "/v1/users/{user}/ssh-keys",
                        self,
                        "Adds a key",
                        KEY_SCHEMA,
                        OBJECT,
                        this::addKey),
                new ApiRoute(
                        "DELETE",
                        "/v1/users/{user}/ssh-keys/{id}",
                        self,
                        "Deletes a key",
                        "",
                        "",
                        this::deleteKey));
    }

    private ApiResponse listUsers(ApiRequest request) {
        ObjectNode answer = Json.object();
        ArrayNode users = answer.putArray("users");
        store.users().forEach(u -> users.add(describe(u)));
        return Json.answer(200, answer);
    }

    /** With {@code ?if-absent=true} one that is there and is the same is an answer, not a conflict. */
    private ApiResponse addUser(ApiRequest request) {
        Json body = Json.of(request, Set.of("name", "teams"));
        String name = body.required("name");
        if (!USER_NAME.matcher(name).matches()) {
            throw new ApiProblem(
                    400,
                    PubkeyDbCodes.USER_NAME,
                    "The user name is '"
                            + name
                            + "', expected letters, digits and . _ @ -, at most 63");
        }
        List<String> teams = body.texts("teams").stream().distinct().toList();
        teams.stream()
                .filter(t -> !USER_NAME.matcher(t).matches())
                .findFirst()
                .ifPresent(t -> {
                    throw new ApiProblem(
                            400,
                            PubkeyDbCodes.USER_NAME,
                            "The team is '"
                                    + t
                                    + "', expected letters, digits and . _ @ -, at most 63");
                });
        if ("true".equals(request.query().get("if-absent"))) {
            Optional<User> there =
                    store.user(name)
                            .filter(u ->
                                    !u.disabled()
                                            && u.teams().equals(teams.stream().sorted().toList()));
            if (there.isPresent()) {
                return Json.answer(200, describe(there.get()));
            }
        }
        return Json.answer(201, describe(store.addUser(name, teams)));
    }

    private ApiResponse getUser(ApiRequest request) {
        String name = subject(request);
        return Json.answer(
                200, describe(store.user(name).orElseThrow(() -> KeyStore.noUser(name))));
    }

    private ApiResponse changeUser(ApiRequest request) {
        boolean disabled =
                Json.of(request, Set.of("disabled"))
                        .bool("disabled")
                        .orElseThrow(() ->
                                new ApiProblem(
                                        400,
                                        PubkeyDbCodes.BAD_REQUEST,
                                        "The field 'disabled' is missing"));
        return Json.answer(200, describe(store.setDisabled(subject(request), disabled)));
    }

    private ApiResponse deleteUser(ApiRequest request) {
        store.deleteUser(subject(request));
        return ApiResponse.noContent();
    }

    private ApiResponse listKeys(ApiRequest request) {
        ObjectNode answer = Json.object();
        ArrayNode keys = answer.putArray("ssh_keys");
        store.keys(subject(request)).forEach(k -> keys.add(describe(k)));
        return Json.answer(200, answer);
    }

    /** With {@code ?if-absent=true} a key that the user has already is an answer, not a conflict. */
    private ApiResponse addKey(ApiRequest request) {
        Json body = Json.of(request, Set.of("name", "public_key", "expires_in"));
        KeyParse.Parsed parsed =
                switch (PublicKeys.parse(body.required("public_key"))) {
                    case KeyParse.Parsed good -> good;
                    case KeyParse.Rejected rejected ->
                            throw new ApiProblem(400, code(rejected.reason()), rejected.message());
                };
        if (!settings.accepts(parsed.key())) {
            throw new ApiProblem(
                    400,
                    code(KeyParse.Reason.UNKNOWN_TYPE),
                    "Keys of type '" + parsed.key().algorithm() + "' are not accepted here");
        }
        String comment = shown(parsed.comment());
        String name = body.text("name").filter(n -> !n.isBlank()).orElse(comment).strip();
        if (name.isEmpty() || name.length() > KEY_NAME_MOST || !name.equals(shown(name))) {
            throw new ApiProblem(
                    400,
                    PubkeyDbCodes.KEY_NAME,
                    "The key has no usable name, expected 1 to " + KEY_NAME_MOST + " characters");
        }
        Optional<Instant> expiresAt =
                body.text("expires_in").map(Lifetimes::parse).map(store::after);
        if ("true".equals(request.query().get("if-absent"))) {
            Optional<StoredKey> there =
                    store.keys(subject(request)).stream()
                            .filter(k -> k.publicKey().equals(parsed.key().line()))
                            .findFirst();
            if (there.isPresent()) {
                return Json.answer(200, describe(there.get()));
            }
        }
        return Json.answer(
                201,
                describe(store.addKey(subject(request), name, parsed.key(), comment, expiresAt)));
    }

    private ApiResponse deleteKey(ApiRequest request) {
        String id = request.pathParameters().getOrDefault("id", "");
        String user = subject(request);
        if (!KEY_ID.matcher(id).matches()) {
            throw KeyStore.noKey(user, id);
        }
        store.deleteKey(user, id);
        return ApiResponse.noContent();
    }

    /** A text as it may reach a terminal: cut, and without what moves a cursor or turns the direction of writing. */
    private static String shown(String text) {
        StringBuilder clean = new StringBuilder();
        text.codePoints()
                .limit(COMMENT_MOST)
                .map(c -> hidden(c) ? '?' : c)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }

    private static boolean hidden(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    true;
            default -> false;
        };
    }

    private static String subject(ApiRequest request) {
        String user = request.pathParameters().getOrDefault("user", "");
        if (request.caller().role() != Role.ADMIN && !request.caller().subject().equals(user)) {
            throw new ApiProblem(
                    403,
                    PubkeyDbCodes.NOT_YOURS,
                    "The token of '" + request.caller().subject() + "' may manage only that user");
        }
        if (!USER_NAME.matcher(user).matches()) {
            throw KeyStore.noUser(user);
        }
        return user;
    }

    private static RefusalCode code(KeyParse.Reason reason) {
        return RefusalCode.user(
                "pubkeydb.key-" + reason.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    private static ObjectNode describe(User user) {
        ObjectNode tree = Json.object();
        tree.put("name", user.name());
        ArrayNode teams = tree.putArray("teams");
        user.teams().forEach(teams::add);
        tree.put("disabled", user.disabled());
        tree.put("created_at", user.createdAt().toString());
        return tree;
    }

    private static ObjectNode describe(StoredKey key) {
        ObjectNode tree = Json.object();
        tree.put("id", key.id());
        tree.put("user", key.user());
        tree.put("name", key.name());
        tree.put("public_key", key.publicKey());
        tree.put("key_type", key.keyType());
        tree.put("fingerprint_sha256", key.fingerprint());
        key.comment().ifPresent(c -> tree.put("comment", c));
        tree.put("created_at", key.createdAt().toString());
        key.lastUsedAt().ifPresent(t -> tree.put("last_used_at", t.toString()));
        key.expiresAt().ifPresent(t -> tree.put("expires_at", t.toString()));
        return tree;
    }
}
