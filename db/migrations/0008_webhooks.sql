CREATE TABLE `webhook_deliveries` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`source` text NOT NULL,
	`sender_id` text,
	`body_sha256` text NOT NULL,
	`at` text NOT NULL,
	`state` text NOT NULL,
	`why` text,
	`facts` text,
	`command` text,
	`cluster` text,
	`operation` text,
	`repeats` integer DEFAULT 0 NOT NULL,
	`replay_of` text,
	FOREIGN KEY (`source`) REFERENCES `webhook_sources`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_deliveries_id_unique` ON `webhook_deliveries` (`id`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_at` ON `webhook_deliveries` (`at`);--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_deliveries_sender_id` ON `webhook_deliveries` (`source`,`sender_id`) WHERE sender_id is not null and replay_of is null and state in ('accepted', 'ignored');--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_deliveries_body` ON `webhook_deliveries` (`source`,`body_sha256`) WHERE replay_of is null and state in ('accepted', 'ignored');--> statement-breakpoint
CREATE TABLE `webhook_sources` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`rules` text NOT NULL,
	`secrets` text NOT NULL,
	`created_at` text NOT NULL,
	`created_by` text NOT NULL,
	`removed_at` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_sources_name` ON `webhook_sources` (`name`) WHERE removed_at is null;
--> statement-breakpoint
INSERT INTO `meta` (`key`, `value`) VALUES ('schema', '9') ON CONFLICT (`key`) DO UPDATE SET `value` = excluded.`value`;
