// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.postern.api.audit.AuditEvent;
import dev.postern.api.audit.AuditSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps events as one JSON object a line. A file that has reached its size becomes {@code FILE.1}, the one before it
 * {@code FILE.2}, and so on. For one thread.
 */
public final class JsonLinesFile implements AuditSink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JsonLinesFile.class);
    private static final Set<String> OWN_KEYS = Set.of("time", "type", "connection", "code");

    private final JsonFactory json = new JsonFactory();
    private final Path file;
    private final long rotateSize;
    private final int keep;
    private FileChannel channel;

    private JsonLinesFile(Path file, long rotateSize, int keep) throws IOException {
        this.file = file;
        this.rotateSize = rotateSize;
        this.keep = keep;
        this.channel = open(file);
    }

    /**
     * Opens the file, and makes it with its directory where it is missing.
     *
     * @throws IOException if that is not possible
     */
    public static JsonLinesFile open(Path file, long rotateSize, int keep) throws IOException {
        Path parent = file.getParent();
        if (parent != null) {
            Files.createDirectories(
                    parent,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
        return new JsonLinesFile(file, rotateSize, keep);
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(
                file,
                EnumSet.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    @Override
    public void write(List<AuditEvent> events) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(lines(events));
            if (!channel.isOpen()) {
                channel = open(file);
            }
            long before = channel.size();
            try {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(false);
            } catch (IOException e) {
                // The batch is offered again: half of it must not stay.
                channel.truncate(before);
                throw e;
            }
            if (channel.size() >= rotateSize) {
                tryToRotate();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] lines(List<AuditEvent> events) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = json.createGenerator(bytes)) {
            out.setRootValueSeparator(null);
            for (AuditEvent event : events) {
                out.writeStartObject();
                out.writeStringField("time", event.time().toString());
                out.writeStringField("type", event.type());
                if (event.connectionId().isPresent()) {
                    out.writeStringField("connection", event.connectionId().get());
                }
                if (event.code().isPresent()) {
                    out.writeStringField("code", event.code().get().value());
                }
                for (Map.Entry<String, String> field : event.fields().entrySet()) {
                    String key = field.getKey();
                    out.writeStringField(
                            OWN_KEYS.contains(key) ? "field." + key : key, field.getValue());
                }
                out.writeEndObject();
                out.writeRaw('\n');
            }
        }
        return bytes.toByteArray();
    }

    /** The events are safe whether or not this works, so they must not be offered again. */
    private void tryToRotate() {
        try {
            rotate();
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .setCause(e)
                    .log("Audit file cannot be rotated and grows on");
        }
    }

    private void rotate() throws IOException {
        channel.close();
        Files.deleteIfExists(numbered(keep));
        for (int i = keep - 1; i >= 1; i--) {
            if (Files.exists(numbered(i))) {
                Files.move(numbered(i), numbered(i + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (keep > 0) {
            Files.move(file, numbered(1), StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.delete(file);
        }
        channel = open(file);
    }

    private Path numbered(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
