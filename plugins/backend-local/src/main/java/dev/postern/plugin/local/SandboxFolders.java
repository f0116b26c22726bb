// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.error.PosternException;
import dev.postern.api.sandbox.SandboxRef;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One folder for each sandbox, mode 0700, and a note on whose it is, which lies outside where no process of a sandbox
 * writes by accident. Also the marker that every process of a sandbox carries.
 */
final class SandboxFolders {
    private static final Pattern PLAIN = Pattern.compile("(?!id-)[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final Path root;
    private final Path notes;
    private final String instance;
    private final Optional<Account> owner;

    /**
     * Opens the folders.
     *
     * @param root holds the folders
     * @param state the component's state directory
     * @param owner who gets the folders; empty for the gateway's own user
     */
    SandboxFolders(Path root, Path state, Optional<Account> owner) {
        this.root = root;
        this.notes = state.resolve("notes");
        this.owner = owner;
        try {
            directory(root);
            directory(notes);
            owner.ifPresent(account -> give(root, account));
            instance = instance(state.resolve("instance"));
        } catch (IOException e) {
            throw new PosternException(
                    LocalCodes.FOLDER, "Directory '" + root + "' cannot be used: " + e, e);
        }
    }

    /** Where the folders are. */
    Path root() {
        return root;
    }

    /** A sandbox as its note tells: for the list of what was made here. */
    record Note(String id, String resolver, String owner, boolean provisioned, Instant createdAt) {}

    /** Notes that a gateway made a sandbox, and makes its folder. */
    synchronized void provision(String id, String gateway, Instant now) {
        Optional<Note> known = note(name(id));
        write(
                new Note(
                        id,
                        known.map(Note::resolver).orElse(""),
                        gateway,
                        true,
                        known.map(Note::createdAt).orElse(now)));
        make(id);
    }

    /** The folder of a sandbox, made if need be. An id belongs to the first resolver that names it. */
    synchronized Path open(SandboxRef sandbox, Instant now) {
        Optional<Note> known = note(name(sandbox.id()));
        if (known.isEmpty()) {
            write(new Note(sandbox.id(), sandbox.resolver(), "", false, now));
        } else if (known.get().resolver().isEmpty()) {
            Note note = known.get();
            write(
                    new Note(
                            note.id(),
                            sandbox.resolver(),
                            note.owner(),
                            note.provisioned(),
                            note.createdAt()));
        } else if (!known.get().resolver().equals(sandbox.resolver())) {
            throw new PosternException(
                    LocalCodes.SANDBOX_TAKEN,
                    "Sandbox '"
                            + sandbox.id()
                            + "' of resolver '"
                            + sandbox.resolver()
                            + "' has the id of a sandbox of resolver '"
                            + known.get().resolver()
                            + "', expected ids of one resolver for one component");
        }
        return make(sandbox.id());
    }

    /** Forgets a sandbox, with its folder if asked to. */
    synchronized void remove(String id, boolean withFiles) {
        try {
            if (withFiles) {
                delete(root.resolve(name(id)));
            }
            Files.deleteIfExists(notes.resolve(name(id)));
        } catch (IOException e) {
            throw new PosternException(
                    LocalCodes.FOLDER, "Folder of sandbox '" + id + "' cannot be removed: " + e, e);
        }
    }

    /** What gateways made here. */
    synchronized List<Note> provisioned() {
        List<Note> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(notes)) {
            files.map(file -> note(file.getFileName().toString()))
                    .flatMap(Optional::stream)
                    .filter(Note::provisioned)
                    .forEach(all::add);
        } catch (IOException e) {
            throw new PosternException(
                    LocalCodes.FOLDER, "Directory '" + notes + "' cannot be read: " + e, e);
        }
        return all;
    }

    /** What stands in the environment of every process of a sandbox: this component's own id and the sandbox's. */
    String marker(String id) {
        return "POSTERN_SANDBOX=" + instance + "-" + digest(id);
    }

    private Path make(String id) {
        Path folder = root.resolve(name(id));
        try {
            if (!Files.isDirectory(folder)) {
                directory(folder);
                owner.ifPresent(account -> give(folder, account));
            }
            return folder;
        } catch (IOException e) {
            throw new PosternException(
                    LocalCodes.FOLDER, "Folder '" + folder + "' cannot be made: " + e, e);
        }
    }

    private Optional<Note> note(String name) {
        Path file = notes.resolve(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Properties texts = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            texts.load(reader);
        } catch (IOException e) {
            throw new PosternException(
                    LocalCodes.FOLDER, "Note '" + file + "' cannot be read: " + e, e);
        }
        return Optional.of(
                new Note(
                        texts.getProperty("id", name),
                        texts.getProperty("resolver", ""),
                        texts.getProperty("owner", ""),
                        Boolean.parseBoolean(texts.getProperty("provisioned")),
                        Instant.parse(texts.getProperty("created-at", Instant.EPOCH.toString()))));
    }

    private void write(Note note) {
        Properties texts = new Properties();
        texts.setProperty("id", note.id());
        texts.setProperty("resolver", note.resolver());
        texts.setProperty("owner", note.owner());
        texts.setProperty("provisioned", Boolean.toString(note.provisioned()));
        texts.setProperty("created-at", note.createdAt().toString());
        Path file = notes.resolve(name(note.id()));
        Path part = notes.resolve("." + name(note.id()));
        try {
            try (Writer writer = Files.newBufferedWriter(part)) {
                texts.store(writer, null);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new PosternException(
                    LocalCodes.FOLDER, "Note '" + file + "' cannot be written: " + e, e);
        }
    }

    /** The id itself where it is a harmless file name, else a digest of it. */
    private static String name(String id) {
        return PLAIN.matcher(id).matches() ? id : "id-" + digest(id);
    }

    private static String digest(String id) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(id.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing from this Java runtime", e);
        }
    }

    private static String instance(Path file) throws IOException {
        if (!Files.exists(file)) {
            Files.writeString(file, UUID.randomUUID().toString().replace("-", ""));
        }
        return Files.readString(file).strip();
    }

    private static void directory(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            Path parent = path.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.createDirectory(
                    path,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
    }

    private static void give(Path path, Account account) {
        try {
            Files.setAttribute(path, "unix:uid", account.uid());
            Files.setAttribute(path, "unix:gid", account.gid());
        } catch (IOException e) {
            throw new PosternException(
                    LocalCodes.FOLDER,
                    "'" + path + "' cannot be given to user '" + account.name() + "': " + e,
                    e);
        }
    }

    /** Removes a directory with all that is in it; nothing happens if it is not there. */
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        // Links are removed, never followed: that is what walkFileTree does unless told otherwise.
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path directory, @Nullable IOException problem) throws IOException {
                        if (problem != null) {
                            throw problem;
                        }
                        Files.delete(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
