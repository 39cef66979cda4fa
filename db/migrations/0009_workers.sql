ALTER TABLE `hosts` ADD `worker_label` text;--> statement-breakpoint
INSERT INTO `meta` (`key`, `value`) VALUES ('schema', '10') ON CONFLICT (`key`) DO UPDATE SET `value` = excluded.`value`;
