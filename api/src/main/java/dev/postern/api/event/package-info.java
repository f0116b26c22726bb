// SPDX-License-Identifier: Apache-2.0
/** What has happened to credentials, identities and sandboxes, told to every gateway; and the connections it may end. */
@NullMarked
package dev.postern.api.event;

import org.jspecify.annotations.NullMarked;
