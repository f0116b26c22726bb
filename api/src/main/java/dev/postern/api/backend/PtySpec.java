// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

import java.util.Map;

/**
 * A PTY as the client asks for it (RFC 4254 sections 6.2 and 8).
 *
 * @param term the value of TERM; may be empty
 * @param size first size
 * @param modes terminal modes by opcode (1 to 159, such as 53 for ECHO and 42 for IUTF8); unknown ones are ignored
 */
public record PtySpec(String term, PtySize size, Map<Integer, Long> modes) {
    public PtySpec {
        modes = Map.copyOf(modes);
    }
}
