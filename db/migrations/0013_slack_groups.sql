CREATE TABLE `slack_groups` (
	`named` text PRIMARY KEY NOT NULL,
	`id` text,
	`members` text NOT NULL,
	`seen_at` text,
	`tried_at` text NOT NULL,
	`fault` text
);
--> statement-breakpoint
INSERT INTO `meta` (`key`, `value`) VALUES ('schema', '14') ON CONFLICT (`key`) DO UPDATE SET `value` = excluded.`value`;
