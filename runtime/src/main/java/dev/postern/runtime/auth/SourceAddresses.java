// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.auth;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/** CIDR blocks that a client's address must be in. */
final class SourceAddresses {
    /** A client without an address is in none; a block that cannot be read holds nobody. */
    static boolean allow(List<String> blocks, Optional<InetSocketAddress> client) {
        if (client.isEmpty() || client.get().getAddress() == null) {
            return false;
        }
        byte[] address = client.get().getAddress().getAddress();
        return blocks.stream().anyMatch(block -> contains(block.strip(), address));
    }

    private static boolean contains(String block, byte[] address) {
        int slash = block.indexOf('/');
        String base = slash < 0 ? block : block.substring(0, slash);
        byte[] network;
        int bits;
        try {
            // Only literals: a name would be looked up
            network = InetAddress.ofLiteral(base).getAddress();
            bits = slash < 0 ? network.length * 8 : Integer.parseInt(block.substring(slash + 1));
        } catch (IllegalArgumentException e) {
            return false;
        }
        if (network.length != address.length || bits < 0 || bits > network.length * 8) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit & 7);
            if (((network[bit >> 3] ^ address[bit >> 3]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    private SourceAddresses() {}
}
