// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.authorizedkeys;

import dev.postern.api.auth.OfferForm;
import dev.postern.api.config.ConfigReader;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.ComponentFactory;
import dev.postern.api.plugin.Facet;
import dev.postern.api.plugin.PluginContext;
import java.util.Set;

/** Makes components of type {@code authorized-keys}. */
final class AuthorizedKeysFactory implements ComponentFactory {
    @Override
    public String type() {
        return "authorized-keys";
    }

    @Override
    public Set<Facet> facets() {
        return Set.of(Facet.AUTHENTICATOR);
    }

    @Override
    public Set<OfferForm> offerForms() {
        return Set.of(OfferForm.PLAIN_KEY, OfferForm.CERTIFICATE);
    }

    @Override
    public void check(ConfigReader settings) {
        AuthorizedKeysSettings.read(settings);
    }

    @Override
    public Component create(String name, ConfigReader settings, PluginContext context) {
        return new AuthorizedKeysComponent(
                name, AuthorizedKeysSettings.read(settings), context.clock(), context.events());
    }
}
