// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract.broken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.postern.testkit.contract.Rule;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** The kit itself: what keeps the contract passes, and what breaks one rule fails that rule and no other. */
class BrokenSubjectsTest {
    static final List<Arguments> SUBJECTS =
            List.of(
                    Arguments.of(HostBackendRun.Sound.class, List.of()),
                    Arguments.of(HostBackendRun.LosesTheLastChunk.class, List.of("BE-13")),
                    Arguments.of(KeyringRun.Sound.class, List.of()),
                    Arguments.of(KeyringRun.SoundOnce.class, List.of()),
                    Arguments.of(KeyringRun.NotesUseInEvaluate.class, List.of("AU-04")),
                    Arguments.of(KeyringRun.AbstainsWhenDown.class, List.of("AU-07")),
                    Arguments.of(KeyringRun.ConfirmsTwice.class, List.of("AU-10", "AU-11")),
                    Arguments.of(KeyringRun.ConfirmsWhatWasRevoked.class, List.of("AU-12")),
                    Arguments.of(ShelfRun.Sound.class, List.of()),
                    Arguments.of(ShelfRun.WakesByLooking.class, List.of("SB-04")),
                    Arguments.of(ShelfRun.TrustsNames.class, List.of("SB-07")),
                    Arguments.of(ShelfRun.TrimsNames.class, List.of("SB-09")),
                    Arguments.of(ShelfRun.NotFoundWhenDown.class, List.of("SB-11")),
                    Arguments.of(BedroomRun.Sound.class, List.of()),
                    Arguments.of(BedroomRun.WakesEverybody.class, List.of("RH-03")),
                    Arguments.of(BedroomRun.AnswersBeforeItRuns.class, List.of("RH-01")));

    // Each of these is a whole run of the contract.
    static final List<Arguments> MORE_BACKENDS =
            List.of(
                    Arguments.of(HostBackendRun.DeclaresTooMuch.class, List.of("BE-02")),
                    Arguments.of(HostBackendRun.LeaksAThread.class, List.of("BE-08")),
                    Arguments.of(HostBackendRun.HoldsItsCarrier.class, List.of("BE-09")),
                    Arguments.of(HostBackendRun.BuffersWithoutBound.class, List.of("BE-21")),
                    Arguments.of(HostBackendRun.ForgetsTheChildren.class, List.of("BE-37")));

    @ParameterizedTest(name = "{0} fails {1}")
    @FieldSource("SUBJECTS")
    @DisplayName("What breaks a rule fails it and no other")
    void failsItsRule(Class<?> contract, List<String> rules) {
        run(contract, rules);
    }

    @ParameterizedTest(name = "{0} fails {1}")
    @FieldSource("MORE_BACKENDS")
    @Tag("slow")
    @DisplayName("What breaks another rule of backends fails it and no other")
    void failsItsRuleToo(Class<?> contract, List<String> rules) {
        run(contract, rules);
    }

    private static void run(Class<?> contract, List<String> rules) {
        Events tests =
                EngineTestKit.engine("junit-jupiter")
                        .selectors(selectClass(contract))
                        .execute()
                        .testEvents();
        Map<String, String> failures = new TreeMap<>();
        tests.failed().stream()
                .forEach(event -> failures.put(rule(event), String.valueOf(reason(event))));
        assertThat(failures.keySet()).as("%s", failures).containsExactlyElementsOf(rules);
        assertThat(tests.succeeded().count()).isPositive();
    }

    private static String rule(Event event) {
        return event.getTestDescriptor()
                .getSource()
                .filter(MethodSource.class::isInstance)
                .map(source -> ((MethodSource) source).getJavaMethod().getAnnotation(Rule.class))
                .map(Rule::value)
                .orElse("no rule: " + event);
    }

    private static Throwable reason(Event event) {
        return event.getRequiredPayload(TestExecutionResult.class).getThrowable().orElseThrow();
    }
}
