-- SPDX-License-Identifier: Apache-2.0
-- Times are milliseconds since 1970; flags are 0 or 1.
CREATE TABLE pubkey_user (
  name TEXT NOT NULL PRIMARY KEY,
  disabled INTEGER NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE TABLE pubkey_member (
  user_name TEXT NOT NULL REFERENCES pubkey_user (name),
  team TEXT NOT NULL,
  PRIMARY KEY (user_name, team)
);
CREATE TABLE pubkey_key (
  id TEXT NOT NULL PRIMARY KEY,
  user_name TEXT NOT NULL REFERENCES pubkey_user (name),
  name TEXT NOT NULL,
  key_type TEXT NOT NULL,
  public_key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  comment TEXT,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  expires_at INTEGER
);
CREATE UNIQUE INDEX pubkey_key_fingerprint ON pubkey_key (fingerprint);
CREATE INDEX pubkey_key_user ON pubkey_key (user_name);
