// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import java.time.Duration;
import java.util.Optional;

/**
 * The SSH engine's settings, {@code postern.ssh}.
 *
 * @param ioThreads threads that read and write sockets; 0 for one a core
 * @param loginGrace how long a connection may take to authenticate
 * @param maxAuthAttempts failed tries before a disconnect
 * @param maxChannels channels at once on one connection
 * @param maxForwards remote forwardings at once on one connection
 * @param clientAliveInterval how often a silent client is asked whether it lives; zero for never
 * @param clientAliveCountMax unanswered questions before it counts as lost
 * @param rekeyBytes bytes in one direction before a new key exchange
 * @param rekeyInterval time before a new key exchange; zero for never
 * @param windowMax largest receive window of a channel, bytes
 * @param bufferMemory memory that all receive windows above their first 256 KiB share, bytes
 * @param banner text shown before authentication
 * @param chacha which implementation of chacha20-poly1305: {@code auto}, {@code java} or {@code libcrypto}
 * @param hangupGrace how long a process may live after a lost transport before it is killed
 */
public record SshSettings(
        int ioThreads,
        Duration loginGrace,
        int maxAuthAttempts,
        int maxChannels,
        int maxForwards,
        Duration clientAliveInterval,
        int clientAliveCountMax,
        long rekeyBytes,
        Duration rekeyInterval,
        long windowMax,
        long bufferMemory,
        Optional<String> banner,
        String chacha,
        Duration hangupGrace) {}
