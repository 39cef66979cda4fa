CREATE INDEX `audit_events_cluster_risk` ON `audit_events` (`cluster`,`risk`) WHERE risk is not null;--> statement-breakpoint
INSERT INTO `meta` (`key`, `value`) VALUES ('schema', '13') ON CONFLICT (`key`) DO UPDATE SET `value` = excluded.`value`;
