CREATE TABLE `ci_tokens_used` (
	`issuer` text NOT NULL,
	`jti` text NOT NULL,
	`expires_ms` integer NOT NULL,
	PRIMARY KEY(`issuer`, `jti`)
);
--> statement-breakpoint
CREATE INDEX `ci_tokens_used_expires` ON `ci_tokens_used` (`expires_ms`);--> statement-breakpoint
CREATE TABLE `ci_trusts` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`issuer` text NOT NULL,
	`wanted` text NOT NULL,
	`created_at` text NOT NULL,
	`created_by` text NOT NULL,
	`removed_at` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ci_trusts_name` ON `ci_trusts` (`name`) WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX `ci_trusts_issuer` ON `ci_trusts` (`issuer`);--> statement-breakpoint
ALTER TABLE `tokens` ADD `ci` text;
--> statement-breakpoint
INSERT INTO `meta` (`key`, `value`) VALUES ('schema', '11') ON CONFLICT (`key`) DO UPDATE SET `value` = excluded.`value`;
