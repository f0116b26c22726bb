// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.postern.runtime.audit;

import org.jspecify.annotations.NullMarked;
