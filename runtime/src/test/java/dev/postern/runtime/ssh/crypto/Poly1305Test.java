// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Poly1305 gives the tags of RFC 8439")
class Poly1305Test {
    private static final HexFormat HEX = HexFormat.of();

    /** Section 2.5.2 and appendix A.3; the last ones drive the accumulator over the edges of the modulus. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "2.5.2, 85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b,"
                + "43727970746f6772617068696320466f72756d2052657365617263682047726f7570,"
                + "a8061dc1305136c6c22b8baf0c0127a9",
        "A.3 no. 1, 0000000000000000000000000000000000000000000000000000000000000000,"
                + "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
                + "0000000000000000000000000000000000000000,"
                + "00000000000000000000000000000000",
        "A.3 no. 4, 1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0,"
                + "2754776173206272696c6c69672c20616e642074686520736c6974687920746f7665730a446964206779726520616e64"
                + "2067696d626c6520696e2074686520776162653a0a416c6c206d696d737920776572652074686520626f726f676f7665"
                + "732c0a416e6420746865206d6f6d65207261746873206f757467726162652e,"
                + "4541669a7eaaee61e708dc7cbcc5eb62",
        "A.3 no. 5, 0200000000000000000000000000000000000000000000000000000000000000,"
                + "ffffffffffffffffffffffffffffffff, 03000000000000000000000000000000",
        "A.3 no. 6, 02000000000000000000000000000000ffffffffffffffffffffffffffffffff,"
                + "02000000000000000000000000000000, 03000000000000000000000000000000",
        "A.3 no. 7, 0100000000000000000000000000000000000000000000000000000000000000,"
                + "fffffffffffffffffffffffffffffffff0ffffffffffffffffffffffffffffff11000000000000000000000000000000,"
                + "05000000000000000000000000000000",
        "A.3 no. 8, 0100000000000000000000000000000000000000000000000000000000000000,"
                + "fffffffffffffffffffffffffffffffffbfefefefefefefefefefefefefefefe01010101010101010101010101010101,"
                + "00000000000000000000000000000000",
        "A.3 no. 9, 0200000000000000000000000000000000000000000000000000000000000000,"
                + "fdffffffffffffffffffffffffffffff, faffffffffffffffffffffffffffffff",
        "A.3 no. 10, 0100000000000000040000000000000000000000000000000000000000000000,"
                + "e33594d7505e43b900000000000000003394d7505e4379cd010000000000000000000000000000000000000000000000"
                + "01000000000000000000000000000000,"
                + "14000000000000005500000000000000",
        "A.3 no. 11, 0100000000000000040000000000000000000000000000000000000000000000,"
                + "e33594d7505e43b900000000000000003394d7505e4379cd010000000000000000000000000000000000000000000000,"
                + "13000000000000000000000000000000"
    })
    void vector(String name, String key, String message, String expected) {
        byte[] text = HEX.parseHex(message);
        byte[] tag = new byte[Poly1305.TAG_SIZE];
        Poly1305 poly = new Poly1305();
        poly.init(HEX.parseHex(key), 0);
        poly.update(text, 0, text.length);
        poly.finish(tag, 0);
        assertThat(HEX.formatHex(tag)).as(name).isEqualTo(expected);
    }
}
