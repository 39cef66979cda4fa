-- The writer puts the words of all events of a transaction into the index by one statement at its end: a trigger did it
-- event by event, and FTS5 writes a segment of its own for each statement with triggers. What was written between the
-- migration and the start of the new code is taken along by it.
DROP TRIGGER `audit_events_words`;
--> statement-breakpoint
INSERT INTO `meta` (`key`, `value`) VALUES ('schema', '17') ON CONFLICT (`key`) DO UPDATE SET `value` = excluded.`value`;
