// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.sandbox.SandboxProvisioner;
import dev.postern.api.sandbox.SandboxRef;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** Makes and ends the folders, and ends everything that was started for one. */
final class LocalProvisioner implements SandboxProvisioner {
    private final String component;
    private final SandboxFolders folders;
    private final boolean keepFiles;
    private final InstantSource clock;

    LocalProvisioner(
            String component, SandboxFolders folders, boolean keepFiles, InstantSource clock) {
        this.component = component;
        this.folders = folders;
        this.keepFiles = keepFiles;
        this.clock = clock;
    }

    @Override
    public SandboxRef create(ProvisionRequest request) {
        folders.provision(request.id(), request.owner(), clock.instant());
        return ref(component, request.id());
    }

    @Override
    public void stop(SandboxRef sandbox) {
        ProcessTree.kill(folders.marker(sandbox.id()), 0);
    }

    @Override
    public void destroy(SandboxRef sandbox) {
        stop(sandbox);
        folders.remove(sandbox.id(), !keepFiles);
    }

    @Override
    public List<Owned> list() {
        return folders.provisioned().stream()
                .map(note ->
                        new Owned(
                                ref(
                                        note.resolver().isEmpty() ? component : note.resolver(),
                                        note.id()),
                                note.owner(),
                                note.createdAt()))
                .toList();
    }

    private SandboxRef ref(String resolver, String id) {
        return new SandboxRef(resolver, id, "", component, Map.of());
    }
}
