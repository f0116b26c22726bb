// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

/** Who may open a container that names neither users nor teams in its labels. */
enum OpenAccess {
    /** Every identity of the components in {@code accepts}. */
    ACCEPTED,
    /** Nobody. */
    NOBODY
}
