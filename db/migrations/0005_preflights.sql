CREATE TABLE `preflights` (
	`id` text PRIMARY KEY NOT NULL,
	`cluster` text,
	`operation` text NOT NULL,
	`at` text NOT NULL,
	`preflight` text NOT NULL,
	FOREIGN KEY (`cluster`) REFERENCES `clusters`(`name`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`operation`) REFERENCES `operations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `preflights_cluster` ON `preflights` (`cluster`,`at`);--> statement-breakpoint
CREATE INDEX `preflights_operation` ON `preflights` (`operation`);--> statement-breakpoint
INSERT INTO `meta` (`key`, `value`) VALUES ('schema', '6') ON CONFLICT (`key`) DO UPDATE SET `value` = excluded.`value`;
