CREATE INDEX `operations_cluster` ON `operations` (`cluster`);--> statement-breakpoint
INSERT INTO `meta` (`key`, `value`) VALUES ('schema', '22') ON CONFLICT (`key`) DO UPDATE SET `value` = excluded.`value`;
