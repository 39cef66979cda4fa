import { isWebAddress, type SettingsReader, type SettingTable } from '#core/settings.ts';
import type { SlackSettings } from '#slack/slack-app.ts';

/** As Slack shows them on the page of the app; see docs/slack.md. */
export const slackTable = {
  SLACK_SIGNING_SECRET: {
    text: 'Signing secret of the app; two, with a comma between them, while one is rolled.',
    example: '8f74…',
    isSecret: true,
  },
  SLACK_BOT_TOKEN: { text: "The app's bot token.", example: 'xoxb-…', isSecret: true },
  SLACK_APP_TOKEN: {
    text: 'App-level token, for Socket Mode: then Slack needs no way in, and no signing secret is needed.',
    example: 'xapp-…',
    isSecret: true,
  },
  SLACK_TEAM_ID: {
    text: 'Workspaces that are served, by id, with commas between them.',
    fallback: 'the one of the bot token',
    example: 'T012AB3CD',
  },
  FLOTILLA_PUBLIC_URL: {
    text: 'Where people reach the API in a browser. With it messages link to whole reports, each readable for a week by whoever has its link.',
    example: 'https://flotilla.example.com',
  },
  SLACK_API_URL: {
    text: "Address of Slack's Web API, for tests.",
    fallback: 'https://slack.com/api/',
    example: 'http://127.0.0.1:8080/api/',
  },
} as const satisfies SettingTable;

/** Slack's settings; null when nothing was set. Half of them is wrong, and gathered by the reader. */
export function slackOf(settings: SettingsReader): SlackSettings | null {
  const text = (name: keyof typeof slackTable): string | undefined => settings.text(slackTable, name);
  const wrong = (name: keyof typeof slackTable, message: string): void => settings.wrong(slackTable, name, message);
  const [signingSecret, botToken, appToken, apiUrl, publicUrl] = [
    text('SLACK_SIGNING_SECRET'),
    text('SLACK_BOT_TOKEN'),
    text('SLACK_APP_TOKEN'),
    text('SLACK_API_URL'),
    text('FLOTILLA_PUBLIC_URL'),
  ];
  if (signingSecret === undefined && botToken === undefined && appToken === undefined) return null;
  if (botToken?.startsWith('xoxb-') !== true)
    wrong('SLACK_BOT_TOKEN', 'expected the bot token, which begins with xoxb-');
  if (appToken?.startsWith('xapp-') === false)
    wrong('SLACK_APP_TOKEN', 'expected the app-level token, which begins with xapp-');
  if (signingSecret === undefined && appToken === undefined)
    wrong('SLACK_SIGNING_SECRET', 'expected the signing secret, or SLACK_APP_TOKEN for Socket Mode');
  if (apiUrl !== undefined && !isWebAddress(apiUrl)) wrong('SLACK_API_URL', 'expected an address, https://…');
  if (publicUrl !== undefined && !isWebAddress(publicUrl))
    wrong('FLOTILLA_PUBLIC_URL', 'expected an address, https://…');
  return {
    publicUrl: publicUrl ?? null,
    signingSecrets: listOf(signingSecret),
    botToken: botToken ?? '',
    appToken: appToken ?? null,
    apiUrl: apiUrl ?? 'https://slack.com/api/',
    teams: listOf(text('SLACK_TEAM_ID')),
  };
}

const listOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
