// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.api.backend.PtySize;
import dev.postern.api.backend.PtySpec;
import dev.postern.api.value.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The bytes of every frame, the same file that the agent's own tests read. */
class GoldenVectorsTest {
    private static final Path FILE = Path.of("..", "..", "guest-agent", "testdata", "vectors.json");
    private static final HexFormat HEX = HexFormat.of();

    private static JsonNode vectors(String list) {
        try {
            return new ObjectMapper().readTree(FILE.toFile()).required(list);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<JsonNode> each(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    @TestFactory
    Stream<DynamicTest> headersAndPayloads() {
        return each(vectors("frames"))
                .map(v -> DynamicTest.dynamicTest(v.required("name").asText(), () -> check(v)));
    }

    private static void check(JsonNode vector) {
        byte[] frame = HEX.parseHex(vector.required("hex").asText());
        FrameHeader header = FrameHeader.parse(frame, 0);
        FrameType type = FrameType.valueOf(vector.required("type").asText());
        assertThat(header)
                .isEqualTo(
                        new FrameHeader(
                                Optional.of(type),
                                vector.required("flags").asInt(),
                                vector.required("stream").asInt(),
                                frame.length - FrameHeader.SIZE));
        JsonNode fields = vector.required("fields");
        assertThat(HEX.formatHex(encoded(type, fields))).isEqualTo(expectedPayload(frame, fields));
        PayloadReader in = new PayloadReader(type.name(), frame, FrameHeader.SIZE, header.length());
        decode(type, fields, in);
    }

    private static String expectedPayload(byte[] frame, JsonNode fields) {
        int trailing = fields.path("trailing").asInt(0);
        return HEX.formatHex(frame, FrameHeader.SIZE, frame.length - trailing);
    }

    /** What this side makes of the fields; frames that only an agent sends are put together field by field. */
    private static byte[] encoded(FrameType type, JsonNode f) {
        return switch (type) {
            case HELLO -> hello(f).encode();
            case OPEN -> open(f).encode();
            case RESIZE -> OpenRequest.size(new PayloadWriter(), size(f)).bytes();
            case SIGNAL -> new PayloadWriter().text(f.required("name").asText()).bytes();
            case WINDOW, EXIT -> new PayloadWriter().uint32(f.required("number").asLong()).bytes();
            case PING, PONG, DATA -> HEX.parseHex(f.required("payloadHex").asText());
            case GOAWAY ->
                    new PayloadWriter()
                            .uint32(f.required("code").asLong())
                            .text(f.required("text").asText())
                            .bytes();
            case OPEN_OK -> openOk(f);
            case OPEN_FAIL ->
                    new PayloadWriter()
                            .uint32(f.required("class").asLong())
                            .uint32(f.required("errno").asLong())
                            .text(f.required("text").asText())
                            .bytes();
            case INCOMING ->
                    new PayloadWriter()
                            .uint32(f.required("listener").asLong())
                            .text(f.required("originHost").asText())
                            .uint32(f.required("originPort").asLong())
                            .bytes();
            case EXIT_SIGNAL ->
                    new PayloadWriter()
                            .text(f.required("name").asText())
                            .bool(f.required("core").asBoolean())
                            .text(f.required("text").asText())
                            .bytes();
            case EOF, CLOSE -> new byte[0];
        };
    }

    private static byte[] openOk(JsonNode f) {
        if (f.has("number")) {
            return new PayloadWriter().uint32(f.required("number").asLong()).bytes();
        }
        return f.has("path")
                ? new PayloadWriter().text(f.required("path").asText()).bytes()
                : new byte[0];
    }

    private static void decode(FrameType type, JsonNode f, PayloadReader in) {
        switch (type) {
            case HELLO -> assertThat(Hello.decode(in)).isEqualTo(hello(f));
            case OPEN_FAIL -> {
                OpenFailure failure = OpenFailure.decode(in);
                assertThat(failure.reason())
                        .isEqualTo(OpenFailure.Reason.of(f.required("class").asLong()));
                assertThat(failure.message()).isEqualTo(f.required("text").asText());
            }
            default -> {
                // The others are read where they are used; the sessions of the other tests are made
                // of them.
            }
        }
    }

    private static Hello hello(JsonNode f) {
        List<String> capabilities = new ArrayList<>();
        f.required("capabilities").forEach(word -> capabilities.add(word.asText()));
        return new Hello(
                f.required("minVersion").asLong(),
                f.required("maxVersion").asLong(),
                f.required("maxFrame").asInt(),
                f.required("window").asInt(),
                f.required("maxStreams").asLong(),
                Bytes.of(HEX.parseHex(f.required("nonceHex").asText())),
                capabilities,
                f.required("software").asText());
    }

    private static OpenRequest open(JsonNode f) {
        String user = f.required("user").asText();
        return switch (f.required("kind").asText()) {
            case "exec" ->
                    new OpenRequest.Exec(
                            user,
                            List.of(
                                            OpenRequest.Form.SHELL,
                                            OpenRequest.Form.COMMAND,
                                            OpenRequest.Form.ARGUMENTS)
                                    .get(f.required("form").asInt()),
                            each(f.required("args"))
                                    .map(a -> Bytes.of(a.asText().getBytes(StandardCharsets.UTF_8)))
                                    .toList(),
                            environment(f),
                            f.required("cwd").asText(),
                            Optional.ofNullable(f.get("pty")).map(GoldenVectorsTest::pty));
            case "sftp" -> new OpenRequest.Sftp(user, environment(f), f.required("cwd").asText());
            case "tcp" ->
                    new OpenRequest.Tcp(
                            user,
                            f.required("host").asText(),
                            f.required("port").asInt(),
                            f.required("originHost").asText(),
                            f.required("originPort").asInt());
            case "unix" -> new OpenRequest.Unix(user, f.required("path").asText());
            case "listen-tcp" ->
                    new OpenRequest.ListenTcp(
                            user, f.required("host").asText(), f.required("port").asInt());
            case "listen-unix" ->
                    new OpenRequest.ListenUnix(
                            user,
                            f.required("path").asText(),
                            f.required("mode").asInt(),
                            f.required("unlink").asBoolean());
            default -> throw new AssertionError(f);
        };
    }

    private static Map<String, String> environment(JsonNode f) {
        Map<String, String> environment = new HashMap<>();
        f.required("env")
                .forEach(pair -> environment.put(pair.get(0).asText(), pair.get(1).asText()));
        return environment;
    }

    private static PtySize size(JsonNode f) {
        return new PtySize(
                f.required("cols").asInt(),
                f.required("rows").asInt(),
                f.required("widthPixels").asInt(),
                f.required("heightPixels").asInt());
    }

    private static PtySpec pty(JsonNode f) {
        byte[] encoded = HEX.parseHex(f.required("modesHex").asText());
        Map<Integer, Long> modes = new HashMap<>();
        for (int at = 0; encoded[at] != 0; at += 5) {
            PayloadReader value = new PayloadReader("mode", encoded, at + 1, 4);
            modes.put((int) encoded[at], value.uint32("value"));
        }
        return new PtySpec(f.required("term").asText(), size(f), modes);
    }

    @TestFactory
    Stream<DynamicTest> violationsAreFound() {
        return each(vectors("rejected"))
                .map(v ->
                        DynamicTest.dynamicTest(
                                v.required("name").asText(),
                                () ->
                                        assertThatThrownBy(() ->
                                                        read(
                                                                HEX.parseHex(
                                                                        v.required("hex")
                                                                                .asText())))
                                                .isInstanceOf(ProtocolViolation.class)));
    }

    /** Reads as the parts of this library that meet the frame in a connection do. */
    private static void read(byte[] frame) {
        FrameHeader header = FrameHeader.parse(frame, 0);
        FrameType type = header.type().orElseThrow();
        PayloadReader in = new PayloadReader(type.name(), frame, FrameHeader.SIZE, header.length());
        switch (type) {
            case HELLO -> Hello.decode(in);
            case GOAWAY -> AgentLink.decodeGoAway(in);
            case INCOMING -> AgentLink.Incoming.decode(in);
            case EXIT_SIGNAL -> AgentStream.decodeExitSignal(in);
            default -> throw new AssertionError(type);
        }
    }
}
