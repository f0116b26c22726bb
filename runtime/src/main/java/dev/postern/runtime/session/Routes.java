// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

/** The routes in force. A reload swaps them at once; a connection asks once, when it comes in. */
@FunctionalInterface
public interface Routes {
    /**
     * The route of that name.
     *
     * @throws java.util.NoSuchElementException if there is none
     */
    Route route(String name);
}
