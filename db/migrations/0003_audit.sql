CREATE TABLE `audit_prunes` (
	`through` integer PRIMARY KEY NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`principal` text NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`status` integer NOT NULL,
	`location` text,
	`body` text,
	`created_ms` integer NOT NULL,
	PRIMARY KEY(`principal`, `key`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_keys_created` ON `idempotency_keys` (`created_ms`);--> statement-breakpoint
ALTER TABLE `audit_events` ADD `actor_name` text GENERATED ALWAYS AS (json_extract("actor", '$.name')) VIRTUAL;--> statement-breakpoint
ALTER TABLE `audit_events` ADD `host` text GENERATED ALWAYS AS (case when "target_kind" = 'host' then "target_id" else json_extract("details", '$.host') end) VIRTUAL;--> statement-breakpoint
ALTER TABLE `audit_events` ADD `plan` text GENERATED ALWAYS AS (case when "target_kind" = 'plan' then "target_id" else coalesce(json_extract("details", '$.digest'), json_extract("details", '$.plan')) end) VIRTUAL;--> statement-breakpoint
ALTER TABLE `audit_events` ADD `risk` text GENERATED ALWAYS AS (json_extract("details", '$.risk')) VIRTUAL;--> statement-breakpoint
ALTER TABLE `audit_events` ADD `stream` text GENERATED ALWAYS AS (case when "outcome" in ('denied', 'refused') or "action" in ('audit.read', 'audit.exported', 'audit.verified') then 'access' else 'act' end) VIRTUAL;--> statement-breakpoint
CREATE INDEX `audit_events_actor_name` ON `audit_events` (`actor_name`);--> statement-breakpoint
CREATE INDEX `audit_events_stream` ON `audit_events` (`stream`);--> statement-breakpoint
CREATE INDEX `audit_events_host` ON `audit_events` (`host`) WHERE host is not null;--> statement-breakpoint
CREATE INDEX `audit_events_plan` ON `audit_events` (`plan`) WHERE plan is not null;--> statement-breakpoint
CREATE INDEX `audit_events_risk` ON `audit_events` (`risk`) WHERE risk is not null;--> statement-breakpoint
CREATE INDEX `audit_events_cluster_action` ON `audit_events` (`cluster`,`action`);--> statement-breakpoint
CREATE INDEX `audit_events_cluster_outcome` ON `audit_events` (`cluster`,`outcome`);--> statement-breakpoint
CREATE INDEX `audit_events_name_cluster` ON `audit_events` (`actor_name`,`cluster`);--> statement-breakpoint
CREATE INDEX `audit_events_name_action` ON `audit_events` (`actor_name`,`action`);--> statement-breakpoint
CREATE INDEX `audit_events_name_outcome` ON `audit_events` (`actor_name`,`outcome`);