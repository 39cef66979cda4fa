-- A host that is reached in another way is a change of its cluster like the others.
DROP INDEX `operations_one_change`;--> statement-breakpoint
CREATE UNIQUE INDEX `operations_one_change` ON `operations` (`cluster`) WHERE state = 'running' and kind in ('apply', 'restart-engine', 'clean-host', 'pin-host', 'set-host');--> statement-breakpoint
INSERT INTO `meta` (`key`, `value`) VALUES ('schema', '19') ON CONFLICT (`key`) DO UPDATE SET `value` = excluded.`value`;
