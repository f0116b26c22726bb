// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.authorizedkeys;

import com.sun.security.auth.module.UnixSystem;
import dev.postern.api.error.PosternException;
import dev.postern.keys.AuthorizedKeys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One file, read again when it has changed. Any thread; may block on the disk. */
final class KeyFile {
    private static final Logger LOG = LoggerFactory.getLogger(KeyFile.class);
    private static final int LONGEST = 16 << 20;

    /** Two changes within one tick of a file system's clock look alike; a file as young as this is read each time. */
    private static final Duration YOUNG = Duration.ofSeconds(2);

    private static final int WRITABLE_BY_OTHERS = 0022;
    private static final int STICKY = 01000;

    private final Path path;
    private final boolean strictModes;
    private final ZoneId zone;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile Read last = Read.NOTHING;

    KeyFile(Path path, boolean strictModes, ZoneId zone) {
        this.path = path;
        this.strictModes = strictModes;
        this.zone = zone;
    }

    /** What tells that a file is another one than before. */
    private record Stamp(String file, FileTime changed, long size) {}

    private static final class Read {
        private static final Read NOTHING =
                new Read(
                        new Stamp("", FileTime.fromMillis(0), -1),
                        new byte[0],
                        new AuthorizedKeys(List.of(), List.of()),
                        false);

        private final Stamp stamp;
        private final byte[] octets;
        private final AuthorizedKeys keys;
        private final boolean settled;

        Read(Stamp stamp, byte[] octets, AuthorizedKeys keys, boolean settled) {
            this.stamp = stamp;
            this.octets = octets;
            this.keys = keys;
            this.settled = settled;
        }
    }

    Path path() {
        return path;
    }

    /**
     * What the file holds now.
     *
     * @throws PosternException if it cannot be read, or others may write it
     */
    AuthorizedKeys keys() {
        try {
            Map<String, Object> attributes = Files.readAttributes(path, "unix:*");
            Stamp stamp =
                    new Stamp(
                            attributes.get("dev") + ":" + attributes.get("ino"),
                            (FileTime)
                                    attributes.getOrDefault(
                                            "lastModifiedTime", FileTime.fromMillis(0)),
                            ((Number) attributes.getOrDefault("size", 0L)).longValue());
            Read known = last;
            if (known.settled && known.stamp.equals(stamp)) {
                return known.keys;
            }
            if (strictModes) {
                checkModes(path, attributes);
            }
            return read(stamp);
        } catch (NoSuchFileException e) {
            last = Read.NOTHING;
            return Read.NOTHING.keys;
        } catch (IOException e) {
            throw new PosternException(
                    AuthorizedKeysCodes.FILE,
                    "Authorized keys file '" + path + "' cannot be read: " + e,
                    e);
        }
    }

    private AuthorizedKeys read(Stamp stamp) throws IOException {
        reading.lock();
        try {
            Instant now = Instant.now();
            byte[] octets;
            try (InputStream in = Files.newInputStream(path)) {
                octets = in.readNBytes(LONGEST + 1);
            }
            if (octets.length > LONGEST) {
                throw unusable("is longer than " + (LONGEST >> 20) + " MiB");
            }
            Read known = last;
            boolean settled = stamp.changed().toInstant().isBefore(now.minus(YOUNG));
            AuthorizedKeys keys = known.keys;
            if (!Arrays.equals(octets, known.octets)) {
                keys = AuthorizedKeys.parse(new String(octets, StandardCharsets.UTF_8), zone);
                report(keys);
            }
            last = new Read(stamp, octets, keys, settled);
            return keys;
        } finally {
            reading.unlock();
        }
    }

    private void report(AuthorizedKeys keys) {
        LOG.atInfo()
                .addKeyValue("file", path)
                .addKeyValue("keys", keys.entries().size())
                .addKeyValue("bad-lines", keys.problems().size())
                .log("Read authorized keys");
        for (AuthorizedKeys.Problem problem : keys.problems()) {
            LOG.atWarn()
                    .addKeyValue("file", path)
                    .addKeyValue("line", problem.line())
                    .log("A line of authorized keys is not used: {}", problem.message());
        }
    }

    private void checkModes(Path file, Map<String, Object> attributes) throws IOException {
        long own = new UnixSystem().getUid();
        checkOne(file, attributes, own, 0);
        Path directory = file.toRealPath().getParent();
        if (directory != null) {
            // In a sticky directory nobody can replace what belongs to another.
            checkOne(directory, Files.readAttributes(directory, "unix:*"), own, STICKY);
        }
    }

    private void checkOne(Path which, Map<String, Object> attributes, long own, int excuse) {
        int mode = ((Number) attributes.getOrDefault("mode", 0)).intValue();
        long owner = ((Number) attributes.getOrDefault("uid", -1)).longValue();
        if (owner != 0 && owner != own) {
            throw unusable("is not used, since '" + which + "' belongs to another user");
        }
        if ((mode & WRITABLE_BY_OTHERS) != 0 && (mode & excuse) == 0) {
            throw unusable("is not used, since others may write '" + which + "'");
        }
    }

    private PosternException unusable(String why) {
        return new PosternException(
                AuthorizedKeysCodes.FILE, "Authorized keys file '" + path + "' " + why);
    }
}
