// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.sandbox;

/**
 * Finds a sandbox and authorises the person. Wakes nothing.
 *
 * <p>Called by the gateway on a virtual thread of the connection's own after the signature was proven, any number at
 * once; it may block. Interruption means that the client has gone: throw {@link InterruptedException}. An exception
 * refuses the login with {@code sandbox.unavailable}. Lives as long as its component.
 */
public interface SandboxResolver {
    /**
     * Finds and authorises.
     *
     * @param request who asks for what
     * @return the outcome; unknown and forbidden are values, not exceptions
     * @throws InterruptedException if the connection ended meanwhile
     */
    Resolution resolve(SandboxRequest request) throws InterruptedException;
}
