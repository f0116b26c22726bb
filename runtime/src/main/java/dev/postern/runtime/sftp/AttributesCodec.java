// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.SandboxFiles.FileAttributes;
import dev.postern.api.backend.SandboxFiles.Owner;
import dev.postern.api.backend.SandboxFiles.Times;
import java.util.Optional;

/** The ATTRS structure of SFTP version 3. */
final class AttributesCodec {
    private AttributesCodec() {}

    static FileAttributes read(PacketReader in) {
        int flags = in.number();
        Optional<Long> size = Optional.empty();
        if ((flags & Sftp.ATTR_SIZE) != 0) {
            size = Optional.of(in.longNumber());
        }
        Optional<Owner> owner = Optional.empty();
        if ((flags & Sftp.ATTR_OWNER) != 0) {
            owner = Optional.of(new Owner(in.number(), in.number()));
        }
        Optional<Integer> mode = Optional.empty();
        if ((flags & Sftp.ATTR_MODE) != 0) {
            mode = Optional.of(in.number());
        }
        Optional<Times> times = Optional.empty();
        if ((flags & Sftp.ATTR_TIMES) != 0) {
            times = Optional.of(new Times(in.unsigned(), in.unsigned()));
        }
        if ((flags & Sftp.ATTR_EXTENDED) != 0) {
            for (long count = in.unsigned(); count > 0; count--) {
                in.skip(in.stringLength());
                in.skip(in.stringLength());
            }
        }
        return new FileAttributes(
                size, owner, mode, times, Optional.empty(), Optional.empty(), Optional.empty());
    }

    static void write(ReplyBuffer out, FileAttributes attributes) {
        int flags =
                (attributes.size().isPresent() ? Sftp.ATTR_SIZE : 0)
                        | (attributes.owner().isPresent() ? Sftp.ATTR_OWNER : 0)
                        | (attributes.mode().isPresent() ? Sftp.ATTR_MODE : 0)
                        | (attributes.times().isPresent() ? Sftp.ATTR_TIMES : 0);
        out.number(flags);
        attributes.size().ifPresent(out::longNumber);
        attributes
                .owner()
                .ifPresent(owner -> {
                    out.number(owner.uid());
                    out.number(owner.gid());
                });
        attributes.mode().ifPresent(out::number);
        attributes
                .times()
                .ifPresent(times -> {
                    out.number((int) times.access());
                    out.number((int) times.modification());
                });
    }
}
