-- SPDX-License-Identifier: Apache-2.0
ALTER TABLE item ADD COLUMN colour TEXT NOT NULL DEFAULT 'red';
