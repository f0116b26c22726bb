// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.authorizedkeys;

import dev.postern.api.auth.AuthContext;
import dev.postern.api.auth.AuthDecision;
import dev.postern.api.auth.AuthOffer;
import dev.postern.api.auth.Authenticator;
import dev.postern.api.auth.Confirmation;
import dev.postern.api.auth.CredentialRef;
import dev.postern.api.auth.Granted;
import dev.postern.api.auth.Identity;
import dev.postern.api.auth.Restrictions;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.key.SshCertificate;
import dev.postern.api.key.SshPublicKey;
import dev.postern.keys.AddressPatterns;
import dev.postern.keys.AuthorizedKeyOptions;
import dev.postern.keys.AuthorizedKeys.Entry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Grants what a line of the files grants. Of several lines with one key the first that fits counts, as under sshd. */
final class KeyAuthenticator implements Authenticator {
    private final String component;
    private final AuthorizedKeysSettings settings;
    private final List<KeyFile> files;
    private final InstantSource clock;

    KeyAuthenticator(
            String component,
            AuthorizedKeysSettings settings,
            List<KeyFile> files,
            InstantSource clock) {
        this.component = component;
        this.settings = settings;
        this.files = List.copyOf(files);
        this.clock = clock;
    }

    /** What a connection that a line let in is known by. */
    static String credential(Entry entry) {
        return (entry.options().authority() ? "authority " : "") + entry.key().fingerprint();
    }

    @Override
    public AuthDecision evaluate(AuthOffer offer) {
        return switch (offer) {
            case AuthOffer.PlainKey(AuthContext context, SshPublicKey key) ->
                    first(entries(key, false), entry -> plain(entry, context));
            case AuthOffer.Certificate(AuthContext context, SshCertificate certificate) ->
                    first(
                            entries(certificate.signatureKey(), true),
                            entry -> certified(entry, context, certificate));
            case AuthOffer.Token _ -> AuthDecision.ABSTAINED;
        };
    }

    @Override
    public Confirmation confirm(AuthOffer offer, Granted granted) {
        return evaluate(offer) instanceof Granted still
                        && still.credential().equals(granted.credential())
                ? Confirmation.CONFIRMED
                : new Confirmation.Refused(
                        RefusalCodes.AUTH_REVOKED,
                        granted.credential().id() + " is no longer in the files");
    }

    private Stream<Entry> entries(SshPublicKey key, boolean authority) {
        return files.stream()
                .flatMap(file -> file.keys().entries().stream())
                .filter(e -> e.options().authority() == authority && e.key().equals(key));
    }

    private interface Judgement {
        AuthDecision of(Entry entry);
    }

    /** The first grant; without one the first refusal; without any line nothing. */
    private static AuthDecision first(Stream<Entry> entries, Judgement judgement) {
        AuthDecision answer = AuthDecision.ABSTAINED;
        for (Entry entry : entries.toList()) {
            AuthDecision decision = judgement.of(entry);
            if (decision instanceof Granted) {
                return decision;
            }
            if (answer instanceof AuthDecision.Abstained) {
                answer = decision;
            }
        }
        return answer;
    }

    private AuthDecision plain(Entry entry, AuthContext context) {
        return refusal(entry, context)
                .<AuthDecision>map(d -> d)
                .orElseGet(() ->
                        grant(
                                entry,
                                context,
                                entry.options().restrictions(),
                                entry.options().endsAt()));
    }

    private AuthDecision certified(Entry entry, AuthContext context, SshCertificate certificate) {
        Optional<AuthDecision.Denied> refusal = refusal(entry, context);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        return switch (CertificateLine.judge(
                entry.options(), context.loginName(), certificate, clock.instant())) {
            case CertificateLine.Refused(RefusalCode code, String reason) ->
                    new AuthDecision.Denied(
                            code,
                            "certificate '"
                                    + certificate.keyId()
                                    + "' serial "
                                    + Long.toUnsignedString(certificate.serial())
                                    + " of "
                                    + entry.key().fingerprint()
                                    + ": "
                                    + reason);
            case CertificateLine.Fits(Restrictions restrictions, Optional<Instant> notAfter) ->
                    grant(entry, context, restrictions, notAfter);
        };
    }

    /** What a line asks of any use of its key. */
    private Optional<AuthDecision.Denied> refusal(Entry entry, AuthContext context) {
        AuthorizedKeyOptions options = entry.options();
        if (options.endsAt().filter(end -> !clock.instant().isBefore(end)).isPresent()) {
            return denied(RefusalCodes.AUTH_EXPIRED, entry, "has expired");
        }
        if (options.from().isPresent() && !from(options.from().get(), context)) {
            return denied(
                    RefusalCodes.AUTH_SOURCE_ADDRESS, entry, "may not be used from this address");
        }
        return Optional.empty();
    }

    /** A connection without an address is from nowhere that a list could name. */
    private static boolean from(String list, AuthContext context) {
        Optional<InetAddress> address = context.clientAddress().map(InetSocketAddress::getAddress);
        return address.isPresent()
                && AddressPatterns.from(list, address.get()) == AddressPatterns.Match.ALLOWED;
    }

    private AuthDecision grant(
            Entry entry,
            AuthContext context,
            Restrictions restrictions,
            Optional<Instant> notAfter) {
        Optional<String> sandbox = Optional.empty();
        if (settings.sandboxes().isPresent()) {
            List<String> open =
                    settings.sandboxes().get().getOrDefault(entry.key().fingerprint(), List.of());
            sandbox =
                    context.sandbox().isEmpty() && open.size() == 1
                            ? Optional.of(open.getFirst())
                            : context.sandbox().filter(open::contains);
            if (sandbox.isEmpty()) {
                return denied(AuthorizedKeysCodes.SANDBOX, entry, "may not open this sandbox")
                        .orElseThrow();
            }
        }
        return new Granted(
                List.of(new Identity(component, subject(entry), settings.team())),
                new CredentialRef(component, credential(entry)),
                sandbox,
                Optional.empty(),
                restrictions,
                notAfter);
    }

    private String subject(Entry entry) {
        String own = entry.comment().isEmpty() ? entry.key().fingerprint() : entry.comment();
        return settings.subject().orElse(own);
    }

    private static Optional<AuthDecision.Denied> denied(
            RefusalCode code, Entry entry, String what) {
        return Optional.of(
                new AuthDecision.Denied(
                        code,
                        "key "
                                + entry.key().fingerprint()
                                + " of line "
                                + entry.line()
                                + " "
                                + what));
    }
}
