// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.keys.AddressPatterns.Match;
import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressPatternsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    10.0.0.0/8                | 10.1.2.3         | ALLOWED
                    10.0.0.0/8                | 11.1.2.3         | REFUSED
                    10.0.0.1                  | 10.0.0.1         | ALLOWED
                    10.0.0.*                  | 10.0.0.77        | ALLOWED
                    10.0.0.?                  | 10.0.0.77        | REFUSED
                    10.0.0.??                 | 10.0.0.77        | ALLOWED
                    *                         | 192.0.2.1        | ALLOWED
                    *.*.2.*                   | 192.0.2.1        | ALLOWED
                    10.0.0.0/8,!10.1.0.0/16   | 10.1.2.3         | REFUSED
                    !10.1.0.0/16,10.0.0.0/8   | 10.1.2.3         | REFUSED
                    !10.1.0.0/16              | 192.0.2.1        | REFUSED
                    !10.1.0.0/16,*            | 192.0.2.1        | ALLOWED
                    host.example.org          | 192.0.2.1        | REFUSED
                    10.0.0.1/8                | 10.0.0.1         | INVALID
                    10.0.0.0/33               | 10.0.0.0         | INVALID
                    10.0.0.0/8,,x             | 192.0.2.1        | INVALID
                    2001:db8::/32             | 2001:db8::1      | ALLOWED
                    2001:DB8:*                | 2001:db8:0:0:0:0:0:1 | ALLOWED
                    ::1                       | 0:0:0:0:0:0:0:1  | ALLOWED
                    10.0.0.0/7                | 11.0.0.1         | ALLOWED
                    0.0.0.0/0                 | ::1              | REFUSED
                    0.0.0.0/0                 | ::ffff:192.0.2.1 | ALLOWED
                    """)
    void judgesAsSshdDoes(String list, String address, Match expected) {
        assertThat(AddressPatterns.from(list, InetAddress.ofLiteral(address))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    10.0.0.0/8,::1/128        | 10.1.2.3         | ALLOWED
                    10.0.0.0/8,::1/128        | 192.0.2.1        | REFUSED
                    192.0.2.1                 | 192.0.2.1        | ALLOWED
                    !10.0.0.0/8               | 192.0.2.1        | INVALID
                    10.0.0.*                  | 10.0.0.1         | INVALID
                    10.0.0.1/8                | 10.0.0.1         | INVALID
                    10.0.0.0/8,               | 10.0.0.1         | INVALID
                    """)
    void aCertificatesListHoldsBlocksOnly(String list, String address, Match expected) {
        assertThat(AddressPatterns.blocks(list, InetAddress.ofLiteral(address)))
                .isEqualTo(expected);
    }
}
