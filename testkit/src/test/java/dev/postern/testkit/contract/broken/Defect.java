// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract.broken;

/** What is wrong with a backend, and the rule that must find it. */
enum Defect {
    NONE(""),
    DECLARES_TOO_MUCH("BE-02"),
    LEAKS_A_THREAD("BE-08"),
    HOLDS_ITS_CARRIER("BE-09"),
    LOSES_THE_LAST_CHUNK("BE-13"),
    BUFFERS_WITHOUT_BOUND("BE-21"),
    FORGETS_THE_CHILDREN("BE-37");

    private final String rule;

    Defect(String rule) {
        this.rule = rule;
    }

    String rule() {
        return rule;
    }
}
