// SPDX-License-Identifier: Apache-2.0
package dev.postern.distribution;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The directions between modules, and the habits that one class cannot break without all of us noticing. */
class ArchitectureTest {

    /** Fewer classes than this mean that the scan did not see the modules, and that every rule below holds of nothing. */
    private static final int AT_LEAST = 400;

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.postern");

    /** Each part of the tree and the other parts of it that it may use. */
    private static final Map<String, List<String>> MAY_USE =
            Map.ofEntries(
                    Map.entry("dev.postern.api..", List.of()),
                    Map.entry("dev.postern.keys..", List.of("dev.postern.api..")),
                    Map.entry("dev.postern.database..", List.of("dev.postern.api..")),
                    Map.entry("dev.postern.agent..", List.of("dev.postern.api..")),
                    Map.entry(
                            "dev.postern.runtime..",
                            List.of(
                                    "dev.postern.api..",
                                    "dev.postern.keys..",
                                    "dev.postern.database..")),
                    Map.entry(
                            "dev.postern.client..",
                            List.of("dev.postern.api..", "dev.postern.keys..")),
                    Map.entry(
                            "dev.postern.cli..",
                            List.of(
                                    "dev.postern.api..",
                                    "dev.postern.keys..",
                                    "dev.postern.client..",
                                    "dev.postern.runtime..")),
                    Map.entry(
                            "dev.postern.testkit.contract..",
                            List.of("dev.postern.api..", "dev.postern.keys..")),
                    Map.entry(
                            "dev.postern.testkit.gateway..",
                            List.of(
                                    "dev.postern.api..",
                                    "dev.postern.keys..",
                                    "dev.postern.runtime..",
                                    "dev.postern.testkit..")));

    private static final List<String> PLUGIN_MAY_USE =
            List.of(
                    "dev.postern.api..",
                    "dev.postern.keys..",
                    "dev.postern.database..",
                    "dev.postern.agent..");

    private static final List<String> MAY_USE_MINA =
            List.of(
                    "dev.postern.runtime.ssh..",
                    "dev.postern.client..",
                    "dev.postern.plugin.ssh..",
                    "dev.postern.testkit..");

    @Test
    void theScanSawTheModules() {
        assertThat(CLASSES.size()).isGreaterThanOrEqualTo(AT_LEAST);
        assertThat(MAY_USE.keySet())
                .allSatisfy(part ->
                        assertThat(CLASSES.that(resideInAPackage(part)))
                                .as("classes in " + part)
                                .isNotEmpty());
    }

    @TestFactory
    Stream<DynamicTest> partsUseOnlyWhatTheyMay() {
        return new TreeMap<>(MAY_USE)
                .entrySet().stream()
                        .map(part ->
                                dynamicTest(
                                        part.getKey(),
                                        () -> classesIn(part.getKey(), part.getValue())));
    }

    private static void classesIn(String part, List<String> others) {
        String[] allowed = Stream.concat(Stream.of(part), others.stream()).toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(part)
                .should()
                .dependOnClassesThat(
                        resideInAPackage("dev.postern..").and(not(resideInAnyPackage(allowed))))
                .as(part + " may use nothing of ours but " + others)
                .check(CLASSES);
    }

    @TestFactory
    Stream<DynamicTest> pluginsKnowNeitherTheRuntimeNorEachOther() {
        return plugins()
                .map(plugin -> dynamicTest(plugin, () -> classesIn(plugin, PLUGIN_MAY_USE)));
    }

    private static Stream<String> plugins() {
        return CLASSES.that(resideInAPackage("dev.postern.plugin..")).stream()
                .map(JavaClass::getPackageName)
                .collect(Collectors.toCollection(TreeSet::new))
                .stream();
    }

    @Test
    void eachPluginIsOneFlatPackage() {
        assertThat(plugins())
                .isNotEmpty()
                .allSatisfy(name -> assertThat(name).matches("dev\\.postern\\.plugin\\.[a-z]+"));
    }

    @Test
    void minaStaysInTheEngine() {
        noClasses()
                .that()
                .resideOutsideOfPackages(MAY_USE_MINA.toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.sshd..")
                .check(CLASSES);
    }

    @Test
    void nothingLeavesAuthenticationAsynchronously() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveSimpleName("AsyncAuthException")
                .because(
                        "an asynchronous answer could bypass the check of the signature"
                                + " (CVE-2026-77185); our bridge answers synchronously")
                .check(CLASSES);
    }

    @Test
    void guiceStaysInTheRuntimeAndInsidePlugins() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.postern.runtime..", "dev.postern.plugin..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.google.inject..")
                .check(CLASSES);
    }

    @Test
    void logsGoThroughSlf4j() {
        GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.postern.cli..", "dev.postern.runtime..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ch.qos.logback..")
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLinePrints() {
        GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(
                CLASSES.that(not(resideInAPackage("dev.postern.cli.."))));
    }

    @Test
    void thePackagesOfTheApiFormNoCycle() {
        slices().matching("dev.postern.api.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(
                        CLASSES.stream()
                                .map(JavaClass::getPackage)
                                .distinct()
                                .filter(it -> !it.isAnnotatedWith(NullMarked.class))
                                .map(it -> it.getName())
                                .sorted())
                .as("packages without @NullMarked")
                .isEmpty();
    }

    @Test
    void namesSayWhatATypeIs() {
        classes()
                .that()
                .areTopLevelClasses()
                .should()
                .haveNameNotMatching(".*(Impl|Manager|Utils?|Helper)$|.*\\.Abstract[A-Z][A-Za-z]*$")
                .check(CLASSES);
    }
}
