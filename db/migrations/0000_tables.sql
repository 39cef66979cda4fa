CREATE TABLE `audit_events` (
	`sequence` integer PRIMARY KEY NOT NULL,
	`at` text NOT NULL,
	`action` text NOT NULL,
	`actor` text NOT NULL,
	`actor_id` text GENERATED ALWAYS AS (json_extract("actor", '$.kind') || ':' || coalesce(json_extract("actor", '$.person'), json_extract("actor", '$.worker'), json_extract("actor", '$.source'), json_extract("actor", '$.name'))) VIRTUAL,
	`source` text NOT NULL,
	`outcome` text NOT NULL,
	`cluster` text,
	`target_kind` text,
	`target_id` text,
	`operation` text,
	`reason` text,
	`details` text NOT NULL,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_events_at` ON `audit_events` (`at`);--> statement-breakpoint
CREATE INDEX `audit_events_action` ON `audit_events` (`action`);--> statement-breakpoint
CREATE INDEX `audit_events_actor` ON `audit_events` (`actor_id`);--> statement-breakpoint
CREATE INDEX `audit_events_source` ON `audit_events` (`source`);--> statement-breakpoint
CREATE INDEX `audit_events_outcome` ON `audit_events` (`outcome`);--> statement-breakpoint
CREATE INDEX `audit_events_cluster` ON `audit_events` (`cluster`);--> statement-breakpoint
CREATE INDEX `audit_events_target` ON `audit_events` (`target_kind`,`target_id`);--> statement-breakpoint
CREATE INDEX `audit_events_operation` ON `audit_events` (`operation`);--> statement-breakpoint
CREATE TABLE `clusters` (
	`name` text PRIMARY KEY NOT NULL,
	`swarm_id` text,
	`nodes` text NOT NULL,
	`current_revision` integer,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `guard` (
	`name` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `host_facts` (
	`host` text PRIMARY KEY NOT NULL,
	`at` text NOT NULL,
	`facts` text NOT NULL,
	FOREIGN KEY (`host`) REFERENCES `hosts`(`name`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `host_keys` (
	`host` text NOT NULL,
	`algorithm` text NOT NULL,
	`fingerprint` text NOT NULL,
	`pinned_at` text NOT NULL,
	PRIMARY KEY(`host`, `algorithm`),
	FOREIGN KEY (`host`) REFERENCES `hosts`(`name`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `hosts` (
	`name` text PRIMARY KEY NOT NULL,
	`address` text NOT NULL,
	`port` integer NOT NULL,
	`user` text NOT NULL,
	`key` text NOT NULL,
	`via` text,
	`accept_new` integer NOT NULL,
	`cluster` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`via`) REFERENCES `hosts`(`name`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`cluster`) REFERENCES `clusters`(`name`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `hosts_cluster` ON `hosts` (`cluster`);--> statement-breakpoint
CREATE TABLE `meta` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `operation_events` (
	`operation` text NOT NULL,
	`id` integer NOT NULL,
	`at` text NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`operation`, `id`),
	FOREIGN KEY (`operation`) REFERENCES `operations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `operations` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`cluster` text,
	`state` text NOT NULL,
	`request` text NOT NULL,
	`actor` text NOT NULL,
	`reason` text,
	`plan_digest` text,
	`accepted_plan_digest` text,
	`error` text,
	`result` text,
	`cancel_requested` integer DEFAULT false NOT NULL,
	`retry_of` text,
	`created_at` text NOT NULL,
	`started_at` text,
	`ended_at` text,
	`fence` integer DEFAULT 0 NOT NULL,
	`lease_holder` text,
	`lease_expires_ms` integer,
	`lease_renewed_ms` integer,
	`dispatch_number` integer DEFAULT 0 NOT NULL,
	`last_report` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`cluster`) REFERENCES `clusters`(`name`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`plan_digest`) REFERENCES `plans`(`digest`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`accepted_plan_digest`) REFERENCES `plans`(`digest`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `operations_id_unique` ON `operations` (`id`);--> statement-breakpoint
CREATE INDEX `operations_cluster_state` ON `operations` (`cluster`,`state`);--> statement-breakpoint
CREATE INDEX `operations_state` ON `operations` (`state`);--> statement-breakpoint
CREATE INDEX `operations_kind` ON `operations` (`kind`);--> statement-breakpoint
CREATE UNIQUE INDEX `operations_one_change` ON `operations` (`cluster`) WHERE state = 'running' and kind in ('apply', 'restart-engine', 'clean-host');--> statement-breakpoint
CREATE TABLE `persons` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `plans` (
	`digest` text PRIMARY KEY NOT NULL,
	`cluster` text NOT NULL,
	`base` integer,
	`revision` integer NOT NULL,
	`plan` text NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`cluster`) REFERENCES `clusters`(`name`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `revisions` (
	`cluster` text NOT NULL,
	`number` integer NOT NULL,
	`base` integer,
	`state` text NOT NULL,
	`spec` text NOT NULL,
	`decisions` text NOT NULL,
	`origin` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`cluster`, `number`),
	FOREIGN KEY (`cluster`) REFERENCES `clusters`(`name`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `revisions_one_current` ON `revisions` (`cluster`) WHERE state = 'current';--> statement-breakpoint
CREATE TABLE `steps` (
	`operation` text NOT NULL,
	`id` text NOT NULL,
	`position` integer NOT NULL,
	`step` text NOT NULL,
	`state` text NOT NULL,
	`outcome` text,
	`ms` integer,
	PRIMARY KEY(`operation`, `id`),
	FOREIGN KEY (`operation`) REFERENCES `operations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`sha256` text NOT NULL,
	`person` text,
	`role` text NOT NULL,
	`label` text NOT NULL,
	`created_at` text NOT NULL,
	`last_used_at` text,
	`revoked_at` text,
	`expires_at` text,
	FOREIGN KEY (`person`) REFERENCES `persons`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tokens_sha256_unique` ON `tokens` (`sha256`);--> statement-breakpoint
CREATE INDEX `tokens_person` ON `tokens` (`person`);--> statement-breakpoint
CREATE TABLE `verifications` (
	`id` text PRIMARY KEY NOT NULL,
	`cluster` text NOT NULL,
	`operation` text NOT NULL,
	`at` text NOT NULL,
	`verification` text NOT NULL,
	FOREIGN KEY (`cluster`) REFERENCES `clusters`(`name`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`operation`) REFERENCES `operations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `verifications_cluster` ON `verifications` (`cluster`,`at`);--> statement-breakpoint
CREATE INDEX `verifications_operation` ON `verifications` (`operation`);--> statement-breakpoint
CREATE TABLE `workers` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`first_seen_at` text NOT NULL,
	`last_seen_at` text NOT NULL
);
