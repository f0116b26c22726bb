// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import dev.postern.api.error.PosternException;
import dev.postern.api.value.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Puts the guest agent into containers, once each, by the engine's archive call: it needs nothing of what is installed
 * there. The file is named by its contents, so that another version of the gateway never runs the wrong one.
 */
final class AgentDelivery {
    private static final int BLOCK = 512;
    private static final String FOLDER = ".postern";

    private final DockerSettings settings;
    private final DockerEngine engine;
    private final Map<String, Binary> binaries = new ConcurrentHashMap<>();
    private final Set<String> delivered = ConcurrentHashMap.newKeySet();

    AgentDelivery(DockerSettings settings, DockerEngine engine) {
        this.settings = settings;
        this.engine = engine;
    }

    /** The agent for one processor architecture. */
    private record Binary(String name, Bytes tar) {}

    /**
     * Makes sure that the agent is there.
     *
     * @return its path inside
     * @throws PosternException if the engine refuses, for example because the root is read-only
     */
    String deliver(Container container) {
        Binary binary =
                binaries.computeIfAbsent(engine.architecture(container.image()), this::load);
        if (!delivered.contains(container.id())) {
            engine.unpack(container.id(), "/", binary.tar().toArray());
            delivered.add(container.id());
        }
        return "/" + FOLDER + "/" + binary.name();
    }

    /** The agent did not start: somebody inside may have removed it. */
    void forget(Container container) {
        delivered.remove(container.id());
    }

    private Binary load(String architecture) {
        Path file = settings.agentDirectory().resolve("postern-agent-linux-" + architecture);
        try {
            byte[] contents = Files.readAllBytes(file);
            String name = "agent-" + HexFormat.of().formatHex(sha256(contents), 0, 8);
            return new Binary(name, Bytes.of(tar(name, contents)));
        } catch (IOException e) {
            throw new PosternException(
                    DockerCodes.AGENT,
                    "The guest agent '" + file + "' cannot be read, expected it in agent-directory",
                    e);
        }
    }

    /** A folder that everybody may enter and the agent in it, both of root, in the ustar form. */
    private static byte[] tar(String name, byte[] contents) {
        ByteArrayOutputStream tar = new ByteArrayOutputStream(contents.length + 4 * BLOCK);
        tar.writeBytes(header(FOLDER + "/", 0711, 0, '5'));
        tar.writeBytes(header(FOLDER + "/" + name, 0555, contents.length, '0'));
        tar.writeBytes(contents);
        tar.writeBytes(new byte[(BLOCK - contents.length % BLOCK) % BLOCK + 2 * BLOCK]);
        return tar.toByteArray();
    }

    private static byte[] header(String name, int mode, int size, char type) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, String.format("%07o", mode));
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, String.format("%011o", size));
        put(header, 136, "00000000000");
        put(header, 148, "        ");
        header[156] = (byte) type;
        put(header, 257, "ustar\0" + "00");
        put(header, 265, "root");
        put(header, 297, "root");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, String.format("%06o\0 ", sum));
        return header;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing from this Java runtime", e);
        }
    }
}
