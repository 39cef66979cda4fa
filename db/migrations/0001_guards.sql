-- The audit chain only grows, by the next event, behind the last one.
CREATE TRIGGER `audit_events_no_update` BEFORE UPDATE ON `audit_events`
BEGIN
	SELECT RAISE(ABORT, 'audit_events: an event cannot be changed');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_events_no_delete` BEFORE DELETE ON `audit_events`
BEGIN
	SELECT RAISE(ABORT, 'audit_events: an event cannot be removed');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_events_only_next` BEFORE INSERT ON `audit_events`
WHEN NEW.`sequence` IS NOT (SELECT coalesce(max(`sequence`), 0) + 1 FROM `audit_events`)
	OR NEW.`previous_hash` IS NOT coalesce((SELECT `hash` FROM `audit_events` ORDER BY `sequence` DESC LIMIT 1), '0000000000000000000000000000000000000000000000000000000000000000')
BEGIN
	SELECT RAISE(ABORT, 'audit_events: not the next event');
END;
--> statement-breakpoint
-- What is inserted here is the name of a condition that does not hold.
CREATE TRIGGER `guard_refuses` BEFORE INSERT ON `guard`
BEGIN
	SELECT RAISE(ABORT, 'guard:' || NEW.`name`);
END;
--> statement-breakpoint
INSERT INTO `meta` (`key`, `value`) VALUES ('schema', '2') ON CONFLICT (`key`) DO UPDATE SET `value` = excluded.`value`;
