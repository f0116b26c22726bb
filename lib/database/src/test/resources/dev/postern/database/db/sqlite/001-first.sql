-- SPDX-License-Identifier: Apache-2.0
CREATE TABLE item (
  -- a comment line; with a semicolon;
  id TEXT NOT NULL PRIMARY KEY,
  size INTEGER
);
CREATE INDEX item_size ON item (size);
