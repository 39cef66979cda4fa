-- The words of each event, for `"text"` in a query. Nothing is kept twice: the index holds words and row numbers only.
CREATE VIRTUAL TABLE `audit_text` USING fts5(`words`, content='', contentless_delete=1);
--> statement-breakpoint
INSERT INTO `audit_text` (`rowid`, `words`)
	SELECT `sequence`, concat_ws(' ', `action`, json_extract(`actor`, '$.name'), `cluster`, `target_kind`, `target_id`, `operation`, `reason`, `details`)
	FROM `audit_events`;
--> statement-breakpoint
CREATE TRIGGER `audit_events_words` AFTER INSERT ON `audit_events`
BEGIN
	INSERT INTO `audit_text` (`rowid`, `words`)
	VALUES (NEW.`sequence`, concat_ws(' ', NEW.`action`, json_extract(NEW.`actor`, '$.name'), NEW.`cluster`, NEW.`target_kind`, NEW.`target_id`, NEW.`operation`, NEW.`reason`, NEW.`details`));
END;
--> statement-breakpoint
CREATE TRIGGER `audit_events_unworded` AFTER DELETE ON `audit_events`
BEGIN
	DELETE FROM `audit_text` WHERE `rowid` = OLD.`sequence`;
END;
--> statement-breakpoint
-- A beginning that was archived may go, when a row in audit_prunes says so; that row is written with a chained event.
DROP TRIGGER `audit_events_no_delete`;
--> statement-breakpoint
CREATE TRIGGER `audit_events_no_delete` BEFORE DELETE ON `audit_events`
WHEN OLD.`sequence` > coalesce((SELECT max(`through`) FROM `audit_prunes`), 0)
BEGIN
	SELECT RAISE(ABORT, 'audit_events: an event cannot be removed');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_prunes_no_update` BEFORE UPDATE ON `audit_prunes`
BEGIN
	SELECT RAISE(ABORT, 'audit_prunes: a prune cannot be changed');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_prunes_no_delete` BEFORE DELETE ON `audit_prunes`
BEGIN
	SELECT RAISE(ABORT, 'audit_prunes: a prune cannot be taken back');
END;
--> statement-breakpoint
-- Only a beginning goes, never the whole: the newest event stays.
CREATE TRIGGER `audit_prunes_not_all` BEFORE INSERT ON `audit_prunes`
WHEN NEW.`hash` IS NOT (SELECT `hash` FROM `audit_events` WHERE `sequence` = NEW.`through`)
	OR NEW.`through` >= (SELECT max(`sequence`) FROM `audit_events`)
BEGIN
	SELECT RAISE(ABORT, 'audit_prunes: not a beginning of the record');
END;
--> statement-breakpoint
INSERT INTO `meta` (`key`, `value`) VALUES ('schema', '5') ON CONFLICT (`key`) DO UPDATE SET `value` = excluded.`value`;
