CREATE TABLE `schedules` (
	`cluster` text PRIMARY KEY NOT NULL,
	`every_seconds` integer NOT NULL,
	`due_ms` integer NOT NULL,
	`last_operation` text,
	`created_by` text NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`cluster`) REFERENCES `clusters`(`name`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `schedules_due` ON `schedules` (`due_ms`);--> statement-breakpoint
ALTER TABLE `clusters` ADD `mode` text DEFAULT 'managed' NOT NULL;--> statement-breakpoint
ALTER TABLE `clusters` ADD `adoption` text;--> statement-breakpoint
INSERT INTO `meta` (`key`, `value`) VALUES ('schema', '7') ON CONFLICT (`key`) DO UPDATE SET `value` = excluded.`value`;
