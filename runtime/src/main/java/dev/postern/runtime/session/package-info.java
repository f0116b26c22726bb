// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.postern.runtime.session;

import org.jspecify.annotations.NullMarked;
