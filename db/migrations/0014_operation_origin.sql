ALTER TABLE `operations` ADD `origin` text;--> statement-breakpoint
INSERT INTO `meta` (`key`, `value`) VALUES ('schema', '15') ON CONFLICT (`key`) DO UPDATE SET `value` = excluded.`value`;
