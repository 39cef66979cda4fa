import type { SettingsReader, SettingTable } from '#core/settings.ts';

/** How long is kept what is no record: who did what, and what came of it, stays in any case. */
export interface Retention {
  /** Those that came in: so long a repeat is known as one. */
  deliveryDays: number;
  /** Those that went out. */
  messageDays: number;
  /** What was told while an operation ran, since it ended. */
  eventDays: number;
}

export const defaultRetention: Retention = { deliveryDays: 90, messageDays: 30, eventDays: 90 };

export const retentionTable = {
  FLOTILLA_KEEP_DELIVERIES_DAYS: {
    text: 'For how many days webhooks that came in are kept, and so for how long a repeat is known as one; 3 at least.',
    fallback: String(defaultRetention.deliveryDays),
    example: '30',
  },
  FLOTILLA_KEEP_MESSAGES_DAYS: {
    text: 'For how many days webhooks that went out are kept; 4 at least, as they are tried for three.',
    fallback: String(defaultRetention.messageDays),
    example: '90',
  },
  FLOTILLA_KEEP_EVENTS_DAYS: {
    text: 'For how many days after its end the events of an operation are kept, which `ops watch` shows again.',
    fallback: String(defaultRetention.eventDays),
    example: '30',
  },
} as const satisfies SettingTable;

const daysMax = 3650;

/** What is wrong is gathered by the reader. */
export const retentionOf = (settings: SettingsReader): Retention => ({
  deliveryDays:
    settings.whole(retentionTable, 'FLOTILLA_KEEP_DELIVERIES_DAYS', 3, daysMax) ?? defaultRetention.deliveryDays,
  messageDays:
    settings.whole(retentionTable, 'FLOTILLA_KEEP_MESSAGES_DAYS', 4, daysMax) ?? defaultRetention.messageDays,
  eventDays: settings.whole(retentionTable, 'FLOTILLA_KEEP_EVENTS_DAYS', 1, daysMax) ?? defaultRetention.eventDays,
});
