// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import java.util.List;

/** Whether the gateway can do its work. Any thread; returns at once. */
@FunctionalInterface
public interface Readiness {
    /** One sentence a reason why it cannot; empty if it can. */
    List<String> problems();
}
