-- SPDX-License-Identifier: Apache-2.0
-- Times are milliseconds since 1970; state is registered or ending.
CREATE TABLE registry_sandbox (
  id TEXT NOT NULL PRIMARY KEY,
  generation TEXT NOT NULL,
  owner TEXT NOT NULL,
  team TEXT,
  backend TEXT NOT NULL,
  state TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER
);
CREATE TABLE registry_attribute (
  sandbox_id TEXT NOT NULL REFERENCES registry_sandbox (id),
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (sandbox_id, name)
);
