import type { SettingsReader, SettingTable } from '#core/settings.ts';

/** How long webhooks are kept. What they caused stays on record in any case. */
export interface Retention {
  /** Those that came in: so long a repeat is known as one. */
  deliveryDays: number;
  /** Those that went out. */
  messageDays: number;
}

export const defaultRetention: Retention = { deliveryDays: 90, messageDays: 30 };

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
} as const satisfies SettingTable;

const daysMax = 3650;

/** What is wrong is gathered by the reader. */
export const retentionOf = (settings: SettingsReader): Retention => ({
  deliveryDays:
    settings.whole(retentionTable, 'FLOTILLA_KEEP_DELIVERIES_DAYS', 3, daysMax) ?? defaultRetention.deliveryDays,
  messageDays:
    settings.whole(retentionTable, 'FLOTILLA_KEEP_MESSAGES_DAYS', 4, daysMax) ?? defaultRetention.messageDays,
});
