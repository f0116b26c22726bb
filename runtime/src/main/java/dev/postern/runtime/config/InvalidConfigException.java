// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import dev.postern.api.config.ConfigProblem;
import dev.postern.api.error.ConfigException;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration with all its problems, one a line of the message. */
public final class InvalidConfigException extends ConfigException {
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigProblem> problems;

    /** The problems, at least one. */
    public InvalidConfigException(List<ConfigProblem> problems) {
        super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** Every problem, in the order of the files. */
    public List<ConfigProblem> problems() {
        return problems;
    }
}
