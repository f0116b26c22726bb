// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.auth;

/**
 * Names a stored credential so that it can be revoked: a key's row, a certificate's grant, a one-time key. Never the
 * secret itself.
 *
 * @param authenticator name of the component that holds it
 * @param id the component's own id
 */
public record CredentialRef(String authenticator, String id) {}
