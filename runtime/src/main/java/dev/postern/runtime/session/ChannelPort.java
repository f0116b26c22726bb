// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ExitStatus;

/** A channel as those see it who connect something to it. Any thread; nothing blocks. */
public interface ChannelPort {
    /** Unique within the gateway: the connection's id, a dot and a number. */
    String id();

    /**
     * Where data for the client goes. It has the non-blocking side only, and is bounded by the client's window and by our
     * own limits.
     *
     * @param finished runs once when the sink is finished
     */
    ByteSink output(Runnable finished);

    /** The same for extended data, which the client shows as stderr. */
    ByteSink errors(Runnable finished);

    /**
     * Data from the client goes there from now on, that which has waited first; then its end of file.
     *
     * @param ended runs once, by any thread, after the end of file was passed on or the target has gone
     */
    void connectInput(ByteSink target, Runnable ended);

    /** Data from the client is dropped from now on. */
    void dropInput();

    /** Whether output can be sent now, so that silence comes from its source. */
    boolean outputIdle();

    /** Tells a person something, as stderr and outside of its bounds; for one line before a failure. */
    void say(String text);

    /** Sends {@code exit-status} or {@code exit-signal}. */
    void exited(ExitStatus status);

    /** Sends end of file, once. */
    void endOutput();

    /** Sends end of file and close. Idempotent. */
    void close();
}
