// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.client;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * Runs the SSH clients that people use against one target and holds them to what they would see at an OpenSSH server.
 *
 * <p>Subclass it, and say in {@link #start} what to talk to. A client is skipped only if its program is not installed
 * here; what needs a program in the sandbox (python3, rsync, git, sha256sum) is skipped where that is missing. What the
 * target does not declare has to be refused at once.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
public abstract class ClientCompatibilityKit {
    private @Nullable Workbench workbench;

    /** Starts the target; called once, before everything. */
    protected abstract SshTarget start() throws Exception;

    /** Stops it; called once, after everything. */
    protected abstract void stop() throws Exception;

    @BeforeAll
    final void setUp() throws Exception {
        workbench = new Workbench(start());
    }

    @AfterAll
    final void tearDown() throws Exception {
        try {
            if (workbench != null) {
                workbench.close();
            }
        } finally {
            stop();
        }
    }

    private Workbench bench() {
        return Objects.requireNonNull(workbench, "The kit has not started");
    }

    @Nested
    @DisplayName("ssh, ssh-keyscan (OpenSSH)")
    class OpenSsh extends OpenSshChecks {
        @Override
        Workbench bench() {
            return ClientCompatibilityKit.this.bench();
        }
    }

    @Nested
    @DisplayName("scp, sftp (OpenSSH)")
    class OpenSshFiles extends OpenSshFileChecks {
        @Override
        Workbench bench() {
            return ClientCompatibilityKit.this.bench();
        }
    }

    @Nested
    @DisplayName("forwarding (OpenSSH)")
    class Forwarding extends ForwardingChecks {
        @Override
        Workbench bench() {
            return ClientCompatibilityKit.this.bench();
        }
    }

    @Nested
    @DisplayName("rsync, git, sshfs, lftp, curl")
    class Tools extends ToolChecks {
        @Override
        Workbench bench() {
            return ClientCompatibilityKit.this.bench();
        }
    }

    @Nested
    @DisplayName("plink, pscp, psftp (PuTTY)")
    class Putty extends PuttyChecks {
        @Override
        Workbench bench() {
            return ClientCompatibilityKit.this.bench();
        }
    }

    @Nested
    @DisplayName("dbclient (Dropbear)")
    class Dropbear extends DropbearChecks {
        @Override
        Workbench bench() {
            return ClientCompatibilityKit.this.bench();
        }
    }

    @Nested
    @DisplayName("paramiko, AsyncSSH, Ansible")
    class Python extends PythonChecks {
        @Override
        Workbench bench() {
            return ClientCompatibilityKit.this.bench();
        }
    }

    @Nested
    @DisplayName("JSch, sshj")
    class Java extends JavaChecks {
        @Override
        Workbench bench() {
            return ClientCompatibilityKit.this.bench();
        }
    }

    @Nested
    @DisplayName("VS Code Remote-SSH, JetBrains Gateway")
    class Editors extends EditorChecks {
        @Override
        Workbench bench() {
            return ClientCompatibilityKit.this.bench();
        }
    }
}
