ALTER TABLE `tokens` ADD `env` text;--> statement-breakpoint
CREATE INDEX `operation_events_planned` ON `operation_events` (`operation`,`id`) WHERE json_extract(body, '$.type') = 'planned';--> statement-breakpoint
INSERT INTO `meta` (`key`, `value`) VALUES ('schema', '20') ON CONFLICT (`key`) DO UPDATE SET `value` = excluded.`value`;
