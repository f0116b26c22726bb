// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import com.google.inject.AbstractModule;

/** No surprises from Guice: nothing is bound that no module binds, and nothing by way of a proxy. */
final class StrictModule extends AbstractModule {
    @Override
    protected void configure() {
        binder().requireExplicitBindings();
        binder().requireAtInjectOnConstructors();
        binder().requireExactBindingAnnotations();
        binder().disableCircularProxies();
        bind(StartSequence.class);
    }
}
