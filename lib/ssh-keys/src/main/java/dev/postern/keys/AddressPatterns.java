// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Lists of addresses as OpenSSH writes them: {@code from=} of authorized_keys (patterns with {@code *} and {@code ?},
 * CIDR blocks, {@code !} before one that must not match) and {@code source-address} of certificates (CIDR blocks only).
 * Host names are never looked up, as under sshd with {@code UseDNS no}. An IPv4 address that arrived mapped into IPv6 is one of
 * IPv4; Java makes it so.
 */
public final class AddressPatterns {
    private static final Pattern NUMERIC = Pattern.compile("[0-9a-fA-F.:/]+");

    private AddressPatterns() {}

    /** Whether a list allows an address. */
    public enum Match {
        /** It does. */
        ALLOWED,
        /** It does not. */
        REFUSED,
        /** The list cannot be understood, so nobody is allowed. */
        INVALID
    }

    /** Judges by a {@code from=} list. */
    public static Match from(String list, InetAddress address) {
        byte[] octets = address.getAddress();
        String text = text(address);
        boolean allowed = false;
        for (String item : list.split(",", -1)) {
            boolean negated = item.startsWith("!");
            String pattern = negated ? item.substring(1) : item;
            if (pattern.isEmpty()) {
                return Match.INVALID;
            }
            Block block = Block.parse(pattern);
            if (block.kind == Kind.INCONSISTENT) {
                return Match.INVALID;
            }
            boolean hit = block.kind == Kind.NONE ? glob(pattern, text) : block.contains(octets);
            if (hit && negated) {
                return Match.REFUSED;
            }
            allowed |= hit;
        }
        return allowed ? Match.ALLOWED : Match.REFUSED;
    }

    /** Judges by a certificate's {@code source-address}. */
    public static Match blocks(String list, InetAddress address) {
        if (!areBlocks(list)) {
            return Match.INVALID;
        }
        byte[] octets = address.getAddress();
        return split(list).stream().anyMatch(b -> Block.parse(b).contains(octets))
                ? Match.ALLOWED
                : Match.REFUSED;
    }

    /** Whether a list is one that {@link #blocks} understands. */
    public static boolean areBlocks(String list) {
        return split(list).stream()
                .allMatch(b -> NUMERIC.matcher(b).matches() && Block.parse(b).kind == Kind.NETWORK);
    }

    /** The items of a list. */
    public static List<String> split(String list) {
        return List.of(list.split(",", -1));
    }

    /** OpenSSH's patterns: {@code *} for any text, {@code ?} for one character; letters count alike in both cases. */
    private static boolean glob(String mixedPattern, String mixedText) {
        String pattern = mixedPattern.toLowerCase(Locale.ROOT);
        String text = mixedText.toLowerCase(Locale.ROOT);
        int p = 0;
        int t = 0;
        int star = -1;
        int retry = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                retry = t;
            } else if (p < pattern.length()
                    && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))) {
                p++;
                t++;
            } else if (star >= 0) {
                // The last star takes one character more.
                p = star + 1;
                t = ++retry;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    private static String text(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }

    private enum Kind {
        /** An address, or a block of them. */
        NETWORK,
        /** Something else. */
        NONE,
        /** An address with bits beyond its mask, or a mask that is too long for it. */
        INCONSISTENT
    }

    /** A network: its octets and how many bits of them count. */
    private static final class Block {
        private final Kind kind;
        private final byte[] octets;
        private final int bits;

        private Block(Kind kind, byte[] octets, int bits) {
            this.kind = kind;
            this.octets = octets;
            this.bits = bits;
        }

        static Block parse(String text) {
            int slash = text.indexOf('/');
            try {
                byte[] octets =
                        InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash))
                                .getAddress();
                int most = octets.length * 8;
                int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
                boolean fits = bits >= 0 && bits <= most && hostBitsAreZero(octets, bits);
                return new Block(fits ? Kind.NETWORK : Kind.INCONSISTENT, octets, bits);
            } catch (IllegalArgumentException e) {
                return new Block(Kind.NONE, new byte[0], 0);
            }
        }

        private static boolean hostBitsAreZero(byte[] octets, int bits) {
            for (int bit = bits; bit < octets.length * 8; bit++) {
                if ((octets[bit >> 3] & (0x80 >> (bit & 7))) != 0) {
                    return false;
                }
            }
            return true;
        }

        boolean contains(byte[] address) {
            if (kind != Kind.NETWORK || octets.length != address.length) {
                return false;
            }
            int whole = bits / 8;
            int rest = bits % 8;
            return Arrays.equals(octets, 0, whole, address, 0, whole)
                    && (rest == 0
                            || ((octets[whole] ^ address[whole]) & (0xff << (8 - rest)) & 0xff)
                                    == 0);
        }
    }
}
