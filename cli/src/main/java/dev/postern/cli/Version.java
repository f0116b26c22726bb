// SPDX-License-Identifier: Apache-2.0
package dev.postern.cli;

import picocli.CommandLine.IVersionProvider;

/** The version from the jar's manifest. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Postern.class.getPackage().getImplementationVersion();
        return new String[] {"postern " + (version == null ? "development build" : version)};
    }
}
