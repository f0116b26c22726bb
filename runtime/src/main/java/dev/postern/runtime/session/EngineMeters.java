// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

import dev.postern.api.error.RefusalCode;
import java.time.Duration;
import java.util.Optional;

/** What the engine counts and times. Any thread; never blocks. */
public interface EngineMeters {
    /** A connection came in on a listener. */
    void connectionOpened(String listener);

    /** It is gone, whatever became of it. */
    void connectionClosed(String listener);

    /** A connection was turned away before a byte was read. */
    void connectionRejected(String listener, RefusalCode code);

    /**
     * A login was tried to its end.
     *
     * @param method {@code publickey}, {@code certificate}, {@code token} or {@code none}
     * @param refusal why not; empty for success
     */
    void authAttempt(String route, String method, Optional<RefusalCode> refusal);

    /** A stage of a connection's set-up took so long. */
    void stage(Stage stage, String route, Duration time);

    /** A channel was opened; {@code type} is one of the types that the gateway knows. */
    void channelOpened(String route, String type);

    /** A channel has ended. */
    void channelClosed(String route, String type, Duration open);

    /** A channel or a request was refused. */
    void refused(String route, RefusalCode code);

    /** Channel data moved, reported in lumps. */
    void bytes(String route, long in, long out);

    /** The stages of a connection's set-up. */
    enum Stage {
        /** Accept to the end of the first key exchange. */
        KEX,
        /** The judgement of one offer by the chain. */
        AUTH,
        /** The resolver. */
        RESOLVE,
        /** Waking. */
        RESUME,
        /** The backend's connect. */
        BACKEND_CONNECT,
        /** From a channel's first request to its first byte of output. */
        FIRST_BYTE
    }

    /** Counts nothing. */
    EngineMeters NONE =
            new EngineMeters() {
                @Override
                public void connectionOpened(String listener) {}

                @Override
                public void connectionClosed(String listener) {}

                @Override
                public void connectionRejected(String listener, RefusalCode code) {}

                @Override
                public void authAttempt(
                        String route, String method, Optional<RefusalCode> refusal) {}

                @Override
                public void stage(Stage stage, String route, Duration time) {}

                @Override
                public void channelOpened(String route, String type) {}

                @Override
                public void channelClosed(String route, String type, Duration open) {}

                @Override
                public void refused(String route, RefusalCode code) {}

                @Override
                public void bytes(String route, long in, long out) {}
            };
}
