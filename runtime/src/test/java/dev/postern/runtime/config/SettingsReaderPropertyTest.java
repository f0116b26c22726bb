// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SettingsReaderPropertyTest {
    private static final Config VALID = ConfigFactory.parseString(Configs.VALID);

    /** A change to a configuration: another value at a path that exists, a key beside it, or the path taken out. */
    record Mutation(int which, int kind, Object value) {
        Config apply(Config config) {
            List<String> paths = paths();
            String path = paths.get(Math.floorMod(which, paths.size()));
            return switch (kind) {
                case 0 -> config.withValue(path, ConfigValueFactory.fromAnyRef(value));
                case 1 -> config.withValue(path + "x", ConfigValueFactory.fromAnyRef(value));
                default -> config.withoutPath(path);
            };
        }

        private static List<String> paths() {
            List<String> paths = new ArrayList<>();
            for (Config source : List.of(VALID, ReferenceConf.ofGateway())) {
                collect("", source.root().unwrapped(), paths);
            }
            return paths;
        }

        private static void collect(String prefix, Map<?, ?> map, List<String> paths) {
            map.forEach((key, value) -> {
                String path =
                        (prefix.isEmpty() ? "" : prefix + ".")
                                + ConfigUtil.quoteString(String.valueOf(key));
                paths.add(path);
                if (value instanceof Map<?, ?> nested) {
                    collect(path, nested, paths);
                }
            });
        }
    }

    @Property
    void whateverIsWrittenIsReadOrIsAProblem(@ForAll("mutations") List<Mutation> mutations) {
        Config config = VALID;
        for (Mutation mutation : mutations) {
            config = mutation.apply(config);
        }
        String text = config.root().render(ConfigRenderOptions.concise());
        for (String problem : Configs.problems(text)) {
            assertThat(problem).matches("(?s)(postern|syntax).+");
        }
    }

    @Property
    void anyTextIsReadOrIsAProblem(@ForAll String text) {
        try {
            Configs.read(text);
        } catch (InvalidConfigException e) {
            assertThat(e.problems()).isNotEmpty();
        }
    }

    @Provide
    Arbitrary<List<Mutation>> mutations() {
        Arbitrary<Object> values =
                Arbitraries.oneOf(
                        Arbitraries.strings().ofMaxLength(8).map(it -> (Object) it),
                        Arbitraries.of(
                                "main",
                                "team",
                                "reg",
                                "10s",
                                "1 MiB",
                                "99999999999999999999d",
                                "-1s",
                                "127.0.0.1:1",
                                "a\u0000b"),
                        Arbitraries.longs().map(it -> (Object) it),
                        Arbitraries.doubles().map(it -> (Object) it),
                        Arbitraries.of(true, false),
                        Arbitraries.of(
                                List.of(),
                                List.of("main"),
                                List.of(1, "x"),
                                Map.of(),
                                Map.of("a", 1),
                                Map.of("b.c", Map.of())));
        return Combinators.combine(
                        Arbitraries.integers(), Arbitraries.integers().between(0, 2), values)
                .as(Mutation::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }
}
