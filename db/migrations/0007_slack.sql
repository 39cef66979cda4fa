CREATE TABLE `slack_messages` (
	`operation` text PRIMARY KEY NOT NULL,
	`team` text NOT NULL,
	`channel` text NOT NULL,
	`user` text NOT NULL,
	`audience` text NOT NULL,
	`ts` text,
	`shown` text,
	`told` integer DEFAULT 0 NOT NULL,
	`closed_at` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`operation`) REFERENCES `operations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `slack_messages_closed` ON `slack_messages` (`closed_at`);--> statement-breakpoint
CREATE TABLE `slack_requests` (
	`key` text PRIMARY KEY NOT NULL,
	`team` text NOT NULL,
	`user` text,
	`at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `slack_requests_at` ON `slack_requests` (`at`);--> statement-breakpoint
INSERT INTO `meta` (`key`, `value`) VALUES ('schema', '8') ON CONFLICT (`key`) DO UPDATE SET `value` = excluded.`value`;
