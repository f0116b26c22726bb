// SPDX-License-Identifier: Apache-2.0

/** The guest agent over the stdio of any configured command. */
@NullMarked
package dev.postern.plugin.command;

import org.jspecify.annotations.NullMarked;
