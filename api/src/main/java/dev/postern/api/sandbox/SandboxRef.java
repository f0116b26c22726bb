// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.sandbox;

import java.util.Map;

/**
 * A sandbox as its resolver names it.
 *
 * @param resolver name of the component that resolved it
 * @param id the sandbox's id, unique within the resolver
 * @param generation changes when the same id is another run of the sandbox, so that an old connection is never reused;
 *     empty where the resolver knows no generations
 * @param backend name of the component whose backend reaches inside
 * @param attributes what the backend needs to reach it, such as {@code container} or {@code url}; no secrets
 */
public record SandboxRef(
        String resolver,
        String id,
        String generation,
        String backend,
        Map<String, String> attributes) {
    public SandboxRef {
        attributes = Map.copyOf(attributes);
    }

    /** A copy with other attributes, for a resume hook that has learnt an address. */
    public SandboxRef withAttributes(Map<String, String> newAttributes) {
        return new SandboxRef(resolver, id, generation, backend, newAttributes);
    }

    /** A copy with another generation. */
    public SandboxRef withGeneration(String newGeneration) {
        return new SandboxRef(resolver, id, newGeneration, backend, attributes);
    }
}
