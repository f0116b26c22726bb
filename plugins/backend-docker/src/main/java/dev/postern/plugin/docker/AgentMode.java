// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

/** Whether our guest agent is used in containers. */
enum AgentMode {
    /** Where it can be put into the container; else what the engine's own exec can do. */
    AUTO,
    /** Always; a container that does not take it is refused. */
    REQUIRED,
    /** Never. */
    OFF
}
