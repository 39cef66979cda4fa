CREATE TABLE `webhook_messages` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`target` text NOT NULL,
	`sequence` integer NOT NULL,
	`type` text NOT NULL,
	`body` text NOT NULL,
	`state` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`due_ms` integer NOT NULL,
	`last_status` integer,
	`last_error` text,
	`created_at` text NOT NULL,
	`ended_at` text,
	FOREIGN KEY (`target`) REFERENCES `webhook_targets`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_messages_id_unique` ON `webhook_messages` (`id`);--> statement-breakpoint
CREATE INDEX `webhook_messages_due` ON `webhook_messages` (`state`,`due_ms`);--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_messages_once` ON `webhook_messages` (`target`,`sequence`);--> statement-breakpoint
CREATE TABLE `webhook_targets` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`url` text NOT NULL,
	`events` text NOT NULL,
	`clusters` text NOT NULL,
	`allow_private` integer NOT NULL,
	`keys` text NOT NULL,
	`created_at` text NOT NULL,
	`created_by` text NOT NULL,
	`seen` integer NOT NULL,
	`disabled_at` text,
	`removed_at` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_targets_name` ON `webhook_targets` (`name`) WHERE removed_at is null;
--> statement-breakpoint
INSERT INTO `meta` (`key`, `value`) VALUES ('schema', '12') ON CONFLICT (`key`) DO UPDATE SET `value` = excluded.`value`;
