// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A ChaCha20 block is the one of RFC 8439, appendix A.1")
class ChaCha20BlockTest {
    private static final HexFormat HEX = HexFormat.of();

    @ParameterizedTest(name = "no. {0}")
    @CsvSource({
        "1, 0000000000000000000000000000000000000000000000000000000000000000, 0, 0,"
                + "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
                + "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586",
        "2, 0000000000000000000000000000000000000000000000000000000000000000, 0, 1,"
                + "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
                + "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f",
        "3, 0000000000000000000000000000000000000000000000000000000000000001, 0, 1,"
                + "3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a"
                + "8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0",
        "4, 00ff000000000000000000000000000000000000000000000000000000000000, 0, 2,"
                + "72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca"
                + "13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096",
        "5, 0000000000000000000000000000000000000000000000000000000000000000, 2, 0,"
                + "c2c64d378cd536374ae204b9ef933fcd1a8b2288b3dfa49672ab765b54ee27c7"
                + "8a970e0e955c14f3a88e741b97c286f75f8fc299e8148362fa198a39531bed6d"
    })
    void vector(int number, String key, int sequence, int counter, String expected) {
        byte[] block = new byte[ChaCha20Block.SIZE];
        ChaCha20Block.keyStream(
                ChaCha20Block.words(HEX.parseHex(key), 0), sequence, counter, block);
        assertThat(HEX.formatHex(block)).as("vector %d", number).isEqualTo(expected);
    }
}
