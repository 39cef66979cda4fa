import { methods } from './web/methods.ts';

export interface ManifestOptions {
  /** Where Slack reaches the control plane, `https://…`; null: Socket Mode, which needs no public address. */
  url: string | null;
  name?: string;
  command?: string;
}

/** Scopes of what is called, and `commands` for the slash command: nothing is asked for that is not used. */
export const scopes: readonly string[] = [
  ...new Set(['commands', ...Object.values(methods).filter((scope) => scope !== null)]),
].toSorted();

/** The app as Slack makes it: https://docs.slack.dev/reference/app-manifest. */
export function manifestOf({ url, name = 'Flotilla', command = '/swarm' }: ManifestOptions) {
  const requestUrl = url === null ? {} : { url: new URL('/slack/events', url).href };
  return {
    display_information: {
      name,
      description: 'Docker Swarms over SSH: plan, approve, apply, prove.',
      background_color: '#1b3a4b',
    },
    features: {
      bot_user: { display_name: name, always_online: true },
      app_home: { home_tab_enabled: false, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      slash_commands: [
        {
          command,
          ...requestUrl,
          description: 'Operate the swarms',
          usage_hint: 'help | status | plan | apply | verify …',
          // Users and channels arrive as ids.
          should_escape: true,
        },
      ],
    },
    oauth_config: { scopes: { bot: [...scopes] } },
    settings: {
      interactivity: { is_enabled: true, ...(url === null ? {} : { request_url: requestUrl.url }) },
      org_deploy_enabled: false,
      socket_mode_enabled: url === null,
      token_rotation_enabled: false,
    },
  };
}
