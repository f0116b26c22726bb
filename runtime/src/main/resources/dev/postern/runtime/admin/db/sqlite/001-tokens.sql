-- SPDX-License-Identifier: Apache-2.0
-- Times are milliseconds since 1970; hash is the hexadecimal SHA-256 of the token's secret.
CREATE TABLE admin_token (
  id TEXT NOT NULL PRIMARY KEY,
  hash TEXT NOT NULL,
  subject TEXT NOT NULL,
  role TEXT NOT NULL,
  team TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER
);
