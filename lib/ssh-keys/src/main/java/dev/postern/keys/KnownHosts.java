// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import dev.postern.api.key.SshPublicKey;
import dev.postern.api.value.Endpoint;
import java.util.List;
import java.util.stream.Collectors;

/** Writes lines for {@code known_hosts} (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
public final class KnownHosts {
    private KnownHosts() {}

    /** The name under which a client looks up a server: plain at port 22, else {@code [host]:port}. */
    public static String pattern(Endpoint endpoint) {
        return endpoint.port() == 22
                ? endpoint.host()
                : "[" + endpoint.host() + "]:" + endpoint.port();
    }

    /** A line a key, each ending in a newline. */
    public static String lines(String pattern, List<SshPublicKey> keys) {
        return keys.stream()
                .map(k -> pattern + " " + k.line() + "\n")
                .collect(Collectors.joining());
    }

    /** A line a CA, each ending in a newline. */
    public static String authorityLines(String pattern, List<SshPublicKey> authorities) {
        return authorities.stream()
                .map(k -> "@cert-authority " + pattern + " " + k.line() + "\n")
                .collect(Collectors.joining());
    }
}
