import { madeConfigs } from '#core/engine/made-config.ts';
import type { Outcome, StepOfKind } from '#core/step.ts';
import type { Held } from '../docker/held.ts';
import type { StepContext } from './context.ts';
import { makeHeld } from './create-held.ts';
import { isOurs, notOurs } from './labels.ts';
import { alreadyDone, blocked } from './outcomes.ts';

/** With what the revision says; the plan has the digest of it. */
export async function createConfig(step: StepOfKind<'create-config'>, context: StepContext): Promise<Outcome> {
  const { config, name, labels, digest } = step.args;
  const made = (await madeConfigs(context)).get(config);
  if (made?.digest !== digest) return otherContent(config);
  const content = Buffer.from(made.content);
  return makeHeld(context, {
    kind: 'configs',
    name,
    labels,
    data: () => Promise.resolve(content),
    found: (held) => found(held, content.toString('base64'), context),
  });
}

/** The name has but the beginning of the digest, so what it says is looked at as well. */
function found({ Spec: { Name, Labels, Data } }: Held, wanted: string, context: StepContext): Outcome {
  if (!isOurs(Labels, context)) return notOurs('config', Name);
  if (Data === wanted) return alreadyDone();
  return blocked({
    id: 'config-differs',
    message: `The config ${Name} is there and says something else than its name promises.`,
    fix: `Look at it with \`docker config inspect --pretty ${Name}\`, and remove it by hand if nobody needs it.`,
  });
}

const otherContent = (config: string): Outcome =>
  blocked({
    id: 'config-differs',
    message: `What the revision says in the config ${config} is not what was planned.`,
    fix: 'Plan and apply again.',
  });
