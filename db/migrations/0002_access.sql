CREATE TABLE `approvals` (
	`id` text PRIMARY KEY NOT NULL,
	`operation` text NOT NULL,
	`cluster` text NOT NULL,
	`digest` text NOT NULL,
	`risk` text NOT NULL,
	`required` integer NOT NULL,
	`makers` text NOT NULL,
	`state` text NOT NULL,
	`votes` text NOT NULL,
	`version` integer NOT NULL,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`closed_at` text,
	`closed_by` text,
	`reason` text,
	FOREIGN KEY (`operation`) REFERENCES `operations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `approvals_operation_unique` ON `approvals` (`operation`);--> statement-breakpoint
CREATE INDEX `approvals_state` ON `approvals` (`state`,`expires_at`);--> statement-breakpoint
CREATE INDEX `approvals_digest` ON `approvals` (`digest`);--> statement-breakpoint
CREATE TABLE `break_glass_grants` (
	`id` text PRIMARY KEY NOT NULL,
	`person` text NOT NULL,
	`person_name` text NOT NULL,
	`cluster` text NOT NULL,
	`reason` text NOT NULL,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`ended_at` text,
	`reviewed_at` text,
	`reviewed_by` text,
	`review` text,
	FOREIGN KEY (`person`) REFERENCES `persons`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `break_glass_one_unreviewed` ON `break_glass_grants` (`person`) WHERE reviewed_at is null;--> statement-breakpoint
CREATE TABLE `holds` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`cluster` text NOT NULL,
	`owner` text NOT NULL,
	`owner_name` text NOT NULL,
	`reason` text NOT NULL,
	`protects` text,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`reminded_at` text,
	`ended_at` text,
	`ended_by` text,
	FOREIGN KEY (`owner`) REFERENCES `persons`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `holds_one_of_a_kind` ON `holds` (`kind`,`cluster`) WHERE ended_at is null;--> statement-breakpoint
CREATE TABLE `identities` (
	`kind` text NOT NULL,
	`external_id` text NOT NULL,
	`person` text NOT NULL,
	`created_at` text NOT NULL,
	`created_by` text,
	PRIMARY KEY(`kind`, `external_id`),
	FOREIGN KEY (`person`) REFERENCES `persons`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `identities_person` ON `identities` (`person`);--> statement-breakpoint
CREATE TABLE `notices` (
	`id` text PRIMARY KEY NOT NULL,
	`person` text NOT NULL,
	`at` text NOT NULL,
	`kind` text NOT NULL,
	`message` text NOT NULL,
	`cluster` text,
	`operation` text,
	`seen_at` text,
	FOREIGN KEY (`person`) REFERENCES `persons`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `notices_unseen` ON `notices` (`person`,`seen_at`);--> statement-breakpoint
CREATE TABLE `policies` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`document` text NOT NULL,
	`created_at` text NOT NULL,
	`created_by` text NOT NULL
);
--> statement-breakpoint
ALTER TABLE `operations` ADD `break_glass` text;--> statement-breakpoint
ALTER TABLE `persons` ADD `role` text DEFAULT 'viewer' NOT NULL;--> statement-breakpoint
ALTER TABLE `persons` ADD `created_by` text;--> statement-breakpoint
ALTER TABLE `persons` ADD `removed_at` text;--> statement-breakpoint
CREATE UNIQUE INDEX `persons_name` ON `persons` (`name`) WHERE removed_at is null;--> statement-breakpoint
ALTER TABLE `tokens` ADD `clusters` text DEFAULT '["*"]' NOT NULL;--> statement-breakpoint
ALTER TABLE `tokens` ADD `created_by` text;--> statement-breakpoint
ALTER TABLE `tokens` ADD `replaces` text;--> statement-breakpoint
-- Until now the role stood in the token alone.
UPDATE `persons` SET `role` = coalesce((
	SELECT `role` FROM `tokens` WHERE `tokens`.`person` = `persons`.`id`
	ORDER BY CASE `role` WHEN 'admin' THEN 0 WHEN 'approver' THEN 1 WHEN 'operator' THEN 2 ELSE 3 END LIMIT 1), 'viewer');--> statement-breakpoint
INSERT INTO `meta` (`key`, `value`) VALUES ('schema', '3') ON CONFLICT (`key`) DO UPDATE SET `value` = excluded.`value`;
