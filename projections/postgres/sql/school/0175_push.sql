-- Families are told on their own devices, too (Web Push), where an installation has switched it on.
-- Run with search_path = the school's schema and role = letopis_owner.

ALTER TABLE notice DROP CONSTRAINT notice_channel_check;
ALTER TABLE notice ADD CONSTRAINT notice_channel_check
    CHECK (channel IN ('inbox', 'email', 'push'));
DROP INDEX notice_class_idx;
CREATE INDEX notice_class_idx ON notice (class_id, position) WHERE channel <> 'inbox';

ALTER TABLE notice_choice ADD COLUMN channel text NOT NULL DEFAULT 'email'
    CHECK (channel IN ('email', 'push'));
ALTER TABLE notice_choice DROP CONSTRAINT notice_choice_pkey;
ALTER TABLE notice_choice ADD PRIMARY KEY (person_id, channel, kind);

CREATE TABLE push_device ( -- a browser that its owner has asked to be told in
    device_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    person_id uuid NOT NULL,
    endpoint text NOT NULL UNIQUE CHECK (length(endpoint) BETWEEN 10 AND 1000), -- who asked last has it
    public_key bytea NOT NULL CHECK (length(public_key) = 65), -- p256dh of the subscription
    auth bytea NOT NULL CHECK (length(auth) = 16),
    name text NOT NULL, -- «Chrome, Android»
    since timestamptz NOT NULL,
    sent_at timestamptz, -- the last that its push service has taken
    ended_at timestamptz, -- the push service knows it no more
    failure text NOT NULL DEFAULT ''
);
CREATE INDEX push_device_person_idx ON push_device (person_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON push_device TO letopis_app;
