// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.gateway;

import dev.postern.api.auth.AuthDecision;
import dev.postern.api.auth.AuthOffer;
import dev.postern.api.auth.Authenticator;
import dev.postern.api.auth.CredentialRef;
import dev.postern.api.auth.Granted;
import dev.postern.api.auth.Identity;
import dev.postern.api.auth.Restrictions;
import dev.postern.api.config.ConfigReader;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.ComponentFactory;
import dev.postern.api.plugin.Facet;
import dev.postern.api.plugin.PluginContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Type {@code fixed-keys}: {@code people { alice = ["ssh-ed25519 AAAA..."] }}. */
final class FixedKeysFactory implements ComponentFactory {
    @Override
    public String type() {
        return "fixed-keys";
    }

    @Override
    public Set<Facet> facets() {
        return Set.of(Facet.AUTHENTICATOR);
    }

    @Override
    public void check(ConfigReader settings) {
        people(settings);
    }

    private static Map<String, String> people(ConfigReader settings) {
        Map<String, String> people = new HashMap<>();
        ConfigReader section = settings.section("people");
        for (String person : section.keys()) {
            section.strings(person).forEach(line -> people.put(line, person));
        }
        return people;
    }

    @Override
    public Component create(String name, ConfigReader settings, PluginContext context) {
        Map<String, String> people = people(settings);
        Authenticator authenticator =
                offer -> {
                    if (!(offer instanceof AuthOffer.PlainKey(var _, var key))) {
                        return AuthDecision.ABSTAINED;
                    }
                    String person = people.get(key.line());
                    return person == null
                            ? AuthDecision.ABSTAINED
                            : new Granted(
                                    List.of(new Identity(name, person)),
                                    new CredentialRef(name, key.fingerprint()),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Restrictions.NONE,
                                    Optional.empty());
                };
        return new Component() {
            @Override
            public Optional<Authenticator> authenticator() {
                return Optional.of(authenticator);
            }
        };
    }
}
