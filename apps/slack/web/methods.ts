/** The methods of Slack's Web API that are called, with the scope that each needs. The app asks for no other scope. */
export const methods = {
  'auth.test': null,
  'chat.postMessage': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'chat.update': 'chat:write',
  'usergroups.list': 'usergroups:read',
  'usergroups.users.list': 'usergroups:read',
  'users.info': 'users:read',
  'views.open': null,
} as const satisfies Record<string, string | null>;

export type Method = keyof typeof methods;
