-- A host that is held to another key changes a cluster like the others.
DROP INDEX `operations_one_change`;--> statement-breakpoint
CREATE UNIQUE INDEX `operations_one_change` ON `operations` (`cluster`) WHERE state = 'running' and kind in ('apply', 'restart-engine', 'clean-host', 'pin-host');--> statement-breakpoint
INSERT INTO `meta` (`key`, `value`) VALUES ('schema', '18') ON CONFLICT (`key`) DO UPDATE SET `value` = excluded.`value`;
