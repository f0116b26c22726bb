// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract;

import dev.postern.api.backend.Capability;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.sandbox.SandboxRef;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/**
 * What every {@link dev.postern.api.backend.SessionBackend} must do: the rules BE-xx of {@code docs/spi-contract.md}.
 *
 * <p>The author writes one subclass with {@link #subject}, and has a public or package-private constructor without
 * parameters. {@code subject} must not lean on what JUnit injects, because one rule runs it in a JVM of its own. A
 * capability that is declared is tested; one that is not must be refused as the SPI says.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class SessionBackendContract {
    private BackendSubject shared;

    /** Makes a backend and a sandbox that runs; called once for most rules, and again for those that break it. */
    protected abstract BackendSubject subject() throws Exception;

    /** The exit statuses to try; all of them, unless a start is slow. */
    protected IntStream exitStatuses() {
        return IntStream.rangeClosed(0, 255);
    }

    /** How often to open and close in search of a leak. */
    protected int rounds() {
        return 1_000;
    }

    /** How many bytes make a bulk transfer; more than all buffers on the way together. */
    protected int bulk() {
        return 64 << 20;
    }

    @BeforeAll
    void makeSubject() throws Exception {
        shared = subject();
    }

    @AfterAll
    void closeSubject() {
        if (shared != null) {
            shared.close();
        }
    }

    final BackendSubject shared() {
        return shared;
    }

    @Nested
    @DisplayName("The connection")
    class TheConnection extends ConnectionRules {
        @Override
        SessionBackendContract contract() {
            return SessionBackendContract.this;
        }
    }

    @Nested
    @DisplayName("Processes")
    class Processes extends ProcessRules {
        @Override
        SessionBackendContract contract() {
            return SessionBackendContract.this;
        }
    }

    @Nested
    @DisplayName("Streams")
    class Streams extends StreamRules {
        @Override
        SessionBackendContract contract() {
            return SessionBackendContract.this;
        }
    }

    @Nested
    @DisplayName("The end of processes")
    class Ends extends EndRules {
        @Override
        SessionBackendContract contract() {
            return SessionBackendContract.this;
        }
    }

    @Nested
    @DisplayName("Terminals")
    class Terminals extends TerminalRules {
        @Override
        SessionBackendContract contract() {
            return SessionBackendContract.this;
        }
    }

    @Nested
    @DisplayName("Connections out of and into the sandbox")
    class Forwards extends ForwardRules {
        @Override
        SessionBackendContract contract() {
            return SessionBackendContract.this;
        }
    }

    @Nested
    @DisplayName("Files")
    class Files extends FileRules {
        @Override
        SessionBackendContract contract() {
            return SessionBackendContract.this;
        }
    }

    /** What the rules share. */
    abstract static class Rules {
        abstract SessionBackendContract contract();

        final BackendSubject subject() {
            return contract().shared();
        }

        final Set<Capability> declared() {
            return subject().declared();
        }

        final boolean declares(Capability capability) {
            return declared().contains(capability);
        }

        final SandboxConnection connect() {
            return connect(subject(), subject().sandbox());
        }

        static SandboxConnection connect(BackendSubject subject, SandboxRef sandbox) {
            return Waits.within(
                    "connect", () -> subject.backend().connect(sandbox, subject.context()));
        }
    }
}
