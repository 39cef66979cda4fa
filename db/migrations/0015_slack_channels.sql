CREATE TABLE `slack_channels` (
	`cluster` text PRIMARY KEY NOT NULL,
	`channel` text NOT NULL,
	`seen` integer NOT NULL,
	`fault` text,
	`created_at` text NOT NULL,
	`created_by` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `__new_slack_messages` (
	`operation` text NOT NULL,
	`place` text NOT NULL,
	`team` text NOT NULL,
	`channel` text NOT NULL,
	`user` text NOT NULL,
	`audience` text NOT NULL,
	`ts` text,
	`shown` text,
	`told` integer DEFAULT 0 NOT NULL,
	`closed_at` text,
	`created_at` text NOT NULL,
	PRIMARY KEY(`operation`, `place`),
	FOREIGN KEY (`operation`) REFERENCES `operations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
INSERT INTO `__new_slack_messages`("operation", "place", "team", "channel", "user", "audience", "ts", "shown", "told", "closed_at", "created_at") SELECT "operation", 'asked', "team", "channel", "user", "audience", "ts", "shown", "told", "closed_at", "created_at" FROM `slack_messages`;--> statement-breakpoint
DROP TABLE `slack_messages`;--> statement-breakpoint
ALTER TABLE `__new_slack_messages` RENAME TO `slack_messages`;--> statement-breakpoint
CREATE INDEX `slack_messages_closed` ON `slack_messages` (`closed_at`);--> statement-breakpoint
INSERT INTO `meta` (`key`, `value`) VALUES ('schema', '16') ON CONFLICT (`key`) DO UPDATE SET `value` = excluded.`value`;
