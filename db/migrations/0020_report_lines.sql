CREATE TABLE `reports` (
	`id` text PRIMARY KEY NOT NULL,
	`cluster` text,
	`time` text NOT NULL,
	`summary` text NOT NULL,
	FOREIGN KEY (`cluster`) REFERENCES `clusters`(`name`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `reports_cluster` ON `reports` (`cluster`,`time`);--> statement-breakpoint
DROP INDEX `preflights_cluster`;--> statement-breakpoint
CREATE INDEX `preflights_cluster` ON `preflights` (`cluster`,`id`);--> statement-breakpoint
DROP INDEX `verifications_cluster`;--> statement-breakpoint
CREATE INDEX `verifications_cluster` ON `verifications` (`cluster`,`id`);--> statement-breakpoint
INSERT INTO `reports` (`id`, `cluster`, `time`, `summary`)
  SELECT `kept`.`id`, `kept`.`cluster`, substr(`kept`.`id`, instr(`kept`.`id`, '_') + 1), json_object(
    'kind', `kept`.`kind`,
    'id', `kept`.`id`,
    'cluster', `kept`.`cluster`,
    'operation', `kept`.`operation`,
    'startedAt', `kept`.`body` ->> '$.startedAt',
    'seconds', `kept`.`body` ->> '$.seconds',
    'verdict', `kept`.`body` ->> '$.verdict',
    'hosts', json_array_length(`kept`.`body`, `kept`.`hosts`),
    'pairs', json_array_length(`kept`.`body`, '$.pairs'),
    'reached', (SELECT count(*) FROM json_each(`kept`.`body`, '$.pairs') WHERE `value` ->> '$.result' = 'ok'),
    'failed', (SELECT count(*) FROM json_each(`kept`.`body`, '$.checks') WHERE `value` ->> '$.result' = 'failed')
      + (SELECT ifnull(sum(`value` ->> '$.count'), 0) FROM json_each(`kept`.`body`, '$.counted') WHERE `value` ->> '$.result' = 'failed'),
    'unknown', (SELECT count(*) FROM json_each(`kept`.`body`, '$.checks') WHERE `value` ->> '$.result' = 'unknown')
      + (SELECT ifnull(sum(`value` ->> '$.count'), 0) FROM json_each(`kept`.`body`, '$.counted') WHERE `value` ->> '$.result' = 'unknown'),
    'causes', json((
      SELECT json_group_array(`cause`) FROM (
        SELECT DISTINCT `value` ->> '$.id' AS `cause` FROM json_each(`kept`.`body`, '$.findings')
        WHERE `value` ->> '$.severity' <> 'note' AND NOT ifnull(`value` ->> '$.symptom', 0) AND `value` ->> '$.consequenceOf' IS NULL
      )
    ))
  )
  FROM (
    SELECT `id`, `cluster`, `operation`, 'verification' AS `kind`, '$.nodes' AS `hosts`, `verification` AS `body` FROM `verifications`
    UNION ALL
    SELECT `id`, `cluster`, `operation`, 'preflight', '$.hosts', `preflight` FROM `preflights`
  ) AS `kept`;--> statement-breakpoint
INSERT INTO `meta` (`key`, `value`) VALUES ('schema', '21') ON CONFLICT (`key`) DO UPDATE SET `value` = excluded.`value`;
