-- SPDX-License-Identifier: Apache-2.0
CREATE TABLE left_over (id TEXT);
CREATE TABEL wrong (id TEXT);
