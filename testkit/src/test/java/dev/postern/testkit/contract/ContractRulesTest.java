// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** docs/spi-contract.md and the tests of the kit say the same. */
class ContractRulesTest {
    private static final Pattern ROW =
            Pattern.compile("\\| ([A-Z]{2}-[0-9]{2}) \\| (.+?) \\| (.*?) ?\\|");
    private static final List<Class<?>> CONTRACTS =
            List.of(
                    SessionBackendContract.class,
                    AuthenticatorContract.class,
                    SandboxResolverContract.class,
                    ResumeHookContract.class);

    private record Row(String text, String intent, boolean untested) {}

    private static Map<String, Row> document() throws IOException {
        Path file = Path.of("../docs/spi-contract.md");
        Map<String, Row> rules = new TreeMap<>();
        boolean untested = false;
        for (String line : Files.readAllLines(file)) {
            untested |= line.equals("## Untested");
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                assertThat(rules.put(row.group(1), new Row(row.group(2), row.group(3), untested)))
                        .as("rule %s stands twice", row.group(1))
                        .isNull();
            }
        }
        return rules;
    }

    private static Map<String, Method> tests() {
        Map<String, Method> tests = new TreeMap<>();
        for (Class<?> contract : CONTRACTS) {
            for (Class<?> group : groups(contract)) {
                for (Method method : group.getDeclaredMethods()) {
                    if (!method.isAnnotationPresent(Test.class)) {
                        continue;
                    }
                    assertThat(method.isAnnotationPresent(Rule.class))
                            .as("%s names its rule", method)
                            .isTrue();
                    assertThat(method.isAnnotationPresent(DisplayName.class))
                            .as("%s has a name in plain words", method)
                            .isTrue();
                    Method other = tests.put(method.getAnnotation(Rule.class).value(), method);
                    assertThat(other).as("%s has the rule of another test", method).isNull();
                }
            }
        }
        return tests;
    }

    private static List<Class<?>> groups(Class<?> contract) {
        List<Class<?>> groups = new ArrayList<>();
        for (Class<?> nested : contract.getDeclaredClasses()) {
            groups.add(nested);
            Class<?> parent = nested.getSuperclass();
            if (parent != null
                    && parent.getName().startsWith("dev.postern.")
                    && !groups.contains(parent)) {
                groups.add(parent);
            }
        }
        return groups;
    }

    @Test
    void everyRuleHasOneTestAndEveryTestARule() throws IOException {
        Map<String, Row> rules = document();
        List<String> tested =
                rules.entrySet().stream()
                        .filter(rule -> !rule.getValue().untested())
                        .map(Map.Entry::getKey)
                        .toList();
        assertThat(tested).hasSizeGreaterThan(80).containsExactlyElementsOf(tests().keySet());
    }

    @Test
    void everyRuleSaysWhatMustHoldAndAnUntestedOneWhyItIs() throws IOException {
        document()
                .forEach((number, rule) -> {
                    if (rule.untested()) {
                        assertThat(rule.intent()).as("reason of %s", number).isNotBlank();
                    } else {
                        assertThat(rule.text()).as(number).matches(".*(MUST|SHOULD|MAY).*");
                    }
                });
    }
}
