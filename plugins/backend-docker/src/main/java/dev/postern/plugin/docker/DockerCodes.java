// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import dev.postern.api.error.RefusalCode;

/** The refusal codes of this plugin. */
final class DockerCodes {
    /** The engine does not answer. */
    static final RefusalCode ENGINE_UNREACHABLE = RefusalCode.external("docker.engine-unreachable");

    /** The engine refused a call. */
    static final RefusalCode ENGINE_REFUSED = RefusalCode.external("docker.engine-refused");

    /** Two containers carry the label of one sandbox. */
    static final RefusalCode AMBIGUOUS = RefusalCode.external("docker.container-ambiguous");

    /** The container is gone. */
    static final RefusalCode NO_CONTAINER = RefusalCode.external("docker.container-missing");

    /** The container shares the host's network, and the configuration does not allow that. */
    static final RefusalCode HOST_NETWORK = RefusalCode.external("docker.host-network");

    /** The container is in a state from which it cannot be woken. */
    static final RefusalCode STATE = RefusalCode.external("docker.container-state");

    /** The agent is required and could not be put into the container or started there. */
    static final RefusalCode AGENT = RefusalCode.external("docker.agent-refused");

    /** The ref names a container that the configuration does not allow. */
    static final RefusalCode NOT_ALLOWED = RefusalCode.internal("docker.container-not-allowed");

    /** The stream of an exec broke. */
    static final RefusalCode STREAM_LOST = RefusalCode.external("docker.stream-lost");

    private DockerCodes() {}
}
