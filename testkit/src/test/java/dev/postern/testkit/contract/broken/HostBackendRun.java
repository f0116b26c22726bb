// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract.broken;

import dev.postern.api.backend.Capability;
import dev.postern.api.backend.SessionBackend;
import dev.postern.api.sandbox.SandboxRef;
import dev.postern.testkit.contract.BackendSubject;
import dev.postern.testkit.contract.SessionBackendContract;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** The contract over {@link HostBackend}, once for each defect. Run by {@link BrokenSubjectsTest}, not by the build. */
abstract class HostBackendRun extends SessionBackendContract {
    private final Defect defect;

    HostBackendRun(Defect defect) {
        this.defect = defect;
    }

    static final class Sound extends HostBackendRun {
        Sound() {
            super(Defect.NONE);
        }
    }

    static final class DeclaresTooMuch extends HostBackendRun {
        DeclaresTooMuch() {
            super(Defect.DECLARES_TOO_MUCH);
        }
    }

    static final class LeaksAThread extends HostBackendRun {
        LeaksAThread() {
            super(Defect.LEAKS_A_THREAD);
        }
    }

    static final class HoldsItsCarrier extends HostBackendRun {
        HoldsItsCarrier() {
            super(Defect.HOLDS_ITS_CARRIER);
        }
    }

    static final class LosesTheLastChunk extends HostBackendRun {
        LosesTheLastChunk() {
            super(Defect.LOSES_THE_LAST_CHUNK);
        }
    }

    static final class BuffersWithoutBound extends HostBackendRun {
        BuffersWithoutBound() {
            super(Defect.BUFFERS_WITHOUT_BOUND);
        }
    }

    static final class ForgetsTheChildren extends HostBackendRun {
        ForgetsTheChildren() {
            super(Defect.FORGETS_THE_CHILDREN);
        }
    }

    @Override
    protected IntStream exitStatuses() {
        return IntStream.of(0, 1, 255);
    }

    @Override
    protected int rounds() {
        return 50;
    }

    @Override
    protected int bulk() {
        return 4 << 20;
    }

    @Override
    protected BackendSubject subject() {
        HostBackend backend = new HostBackend(defect);
        return new BackendSubject() {
            @Override
            public SessionBackend backend() {
                return backend;
            }

            @Override
            public SandboxRef sandbox() {
                return new SandboxRef("kit", "host", "", "host", Map.of());
            }

            @Override
            public Optional<SandboxRef> unreachable() {
                return Optional.of(new SandboxRef("kit", "elsewhere", "", "host", Map.of()));
            }

            @Override
            public Set<Capability> declared() {
                return HostBackend.DECLARED;
            }

            @Override
            public void close() {
                backend.closeAll();
            }
        };
    }
}
