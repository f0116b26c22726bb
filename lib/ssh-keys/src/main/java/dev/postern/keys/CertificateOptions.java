// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import dev.postern.api.key.SshCertificate.Option;
import dev.postern.api.value.Bytes;
import dev.postern.keys.WireReader.MalformedException;
import java.util.Optional;

/** The values of critical options and extensions. */
public final class CertificateOptions {
    private CertificateOptions() {}

    /** An option that is only there or not, such as {@code permit-pty}. */
    public static Option flag(String name) {
        return new Option(name, Bytes.empty());
    }

    /** An option with a text, such as {@code force-command}. */
    public static Option text(String name, String value) {
        return new Option(name, Bytes.of(new WireWriter().string(value).toArray()));
    }

    /** The text of an option; empty if it holds anything but one text that a shell would see whole. */
    public static Optional<String> text(Option option) {
        try {
            WireReader reader = new WireReader(option.data().toArray());
            String text = reader.exactText();
            reader.end();
            return Optional.of(text);
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }
}
