import { describe, expect, it } from 'vitest';
import { fromChat } from './chat-text.ts';
import type { Intent } from './command.ts';
import { commands } from './commands.ts';
import { normalForm } from './normal-form.ts';
import { parseCommand } from './parse.ts';

function understood(text: string): Intent {
  const parsed = parseCommand(fromChat(text));
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problem.kind} ${parsed.problem.message}`);
  return parsed.intent;
}

const refused = (text: string) => {
  const parsed = parseCommand(fromChat(text));
  if (parsed.ok) throw new Error(`${text} was understood as ${normalForm(parsed.intent)}`);
  return parsed.problem;
};

describe('a command line', () => {
  it.each([
    ['status', 'status'],
    ['status prod', 'status in prod'],
    ['status in prod', 'status in prod'],
    ['hosts', 'host ls'],
    ['verify prod net:web net:db', 'verify --network web --network db in prod'],
    ['verify the cluster prod --connectivity full', 'verify --connectivity full in prod'],
    ['inspect my_overlay_network on prod', 'inspect my_overlay_network in prod'],
    ['network inspect web in prod', 'inspect web in prod'],
    ['service update web --image nginx:1.27 in prod', 'service update web --image nginx:1.27 in prod'],
    ['plan service update web --image nginx:1.27 in prod', 'plan service update web --image nginx:1.27 in prod'],
    ['plan prod', 'plan in prod'],
    ['apply 3fa9c1', 'apply 3fa9c1'],
    ['apply 3fa9c1: the new image', 'apply 3fa9c1 : the new image'],
    ['cancel last ! --reason "not now"', 'cancel last ! : not now'],
    ['rollback on prod to 3', 'rollback 3 in prod'],
    ['rollback 3 in prod', 'rollback 3 in prod'],
    ['rollback --to 3 -c prod', 'rollback 3 in prod'],
    [
      'container run c1 --host h2 --image nginx --publish 8081:80',
      'container run c1 --host h2 --image nginx --publish 8081:80',
    ],
    ['audit actor:ann -7d "two words"', 'audit actor:ann -7d "two words"'],
    ['help service create', 'help service create'],
    ['NODE ADD h4 --role worker in prod', 'node add h4 --role worker in prod'],
  ])('%s', (text, normal) => {
    expect(normalForm(understood(text))).toBe(normal);
  });

  it.each([
    ['lock prod --reason "moving data" --for 2h', 'lock --for 2h in prod : moving data'],
    ['lock --all --reason x', 'lock in all : x'],
    ['lock prod --take-over --reason x', 'lock in prod ! : x'],
    ['unlock prod --force', 'unlock in prod !'],
    ['freeze prod --for 3d --reason x', 'freeze --for 3d in prod : x'],
    ['unfreeze --all', 'unfreeze in all'],
    ['approve 3fa9c1 --confirm prod', 'approve 3fa9c1 --confirm prod'],
    ['deny 3fa9c1 --reason "not today"', 'deny 3fa9c1 : not today'],
    ['can apply prod --as bob', 'can apply --person bob in prod'],
    ['verify -c prod --network web', 'verify --network web in prod'],
    ['plan -c prod', 'plan in prod'],
    ['apply --cluster prod -y', 'apply in prod'],
    ['ops ls -c prod -n 5', 'ops ls --limit 5 in prod'],
    ['ops list', 'ops ls'],
    ['ops cancel last', 'cancel last'],
    ['ops retry last --reason again', 'ops retry last : again'],
    ['network remove web -c prod', 'network rm web in prod'],
    ['network inspect web -c prod', 'inspect web in prod'],
    [
      'service create web --image nginx -p 8080:80 -e A=1 -c prod',
      'service create web --image nginx --publish 8080:80 --env A=1 in prod',
    ],
    ['audit ls actor:ann', 'audit actor:ann'],
    ['cluster ls', 'status'],
    ['approvals ls', 'where'],
    ['slack follow prod --channel C0123ABCD', 'follow --channel C0123ABCD in prod'],
  ])('%s, as it is typed in a terminal', (text, normal) => {
    expect(normalForm(understood(text))).toBe(normal);
    expect(understood(normal)).toEqual(understood(text));
  });

  it('knows commands that take a file, and says that a line cannot hold it', () => {
    const parsed = parseCommand('stack deploy shop in prod');
    expect(parsed.ok ? '' : parsed.problem.message).toBe(
      '`stack deploy` takes a file, which cannot be said in a line. In a terminal it is `flotilla stack deploy shop --compose shop.compose.yaml`; over HTTP the file is part of the request.',
    );
  });

  it('means the same when its normal form is said again', () => {
    for (const { example, name } of commands.values()) {
      if (name === 'stack deploy') continue;
      const once = understood(example);
      expect(understood(normalForm(once))).toEqual(once);
    }
  });

  it('survives what chat clients do to it', () => {
    const typed = 'service create web —image “nginx” –env “A=it’s &lt;b&gt; &amp; c” in\u00A0prod';
    expect(understood(typed)).toMatchObject({
      command: 'service create',
      args: { name: 'web', image: 'nginx', env: ["A=it's <b> & c"] },
      cluster: 'prod',
    });
    expect(understood('host probe <http://h1.example|h1.example>').args).toEqual({ host: 'h1.example' });
    expect(understood('verify prod : <!channel> look <@U123|ann>').reason).toBe('look @U123');
    expect(understood('status \u202Eprod').cluster).toBe('prod');
  });
});

describe('a line that is no command', () => {
  it.each([
    ['logs web in prod', 'flotilla service logs web --cluster prod'],
    ['service logs web', 'flotilla service logs web'],
    ['container logs tool -c prod', 'flotilla container logs tool --cluster prod'],
    ['logs', 'flotilla service logs NAME'],
  ])('%s names the command of a terminal: a channel keeps what it is told', (text, command) => {
    expect(refused(text)).toMatchObject({ kind: 'unexpected', message: expect.stringContaining(`\`${command}\``) });
  });

  it('is told what it is nearest to, of what the speaker may use', () => {
    expect(refused('statsu prod')).toMatchObject({ kind: 'unknown', suggestions: expect.arrayContaining(['status']) });
    expect(refused('servce create x').suggestions[0]).toMatch(/^service/);
    const viewer = parseCommand('aply', (command) => !command.changes);
    expect(viewer).toMatchObject({ ok: false, problem: { kind: 'unknown' } });
    expect(JSON.stringify(viewer)).not.toContain('"apply"');
  });

  it('is told what is missing, so that it can be asked for', () => {
    const { missing, kind } = refused('service create web in prod');
    expect(kind).toBe('missing');
    expect(missing?.fields.map(({ name }) => name)).toEqual(['image']);
    expect(missing?.intent).toMatchObject({ args: { name: 'web' }, cluster: 'prod' });
  });

  it.each([
    ['', 'empty'],
    ['service create "web', 'open-quote'],
    [`audit ${'x'.repeat(3000)}`, 'too-long'],
    ['status prod extra words', 'unexpected'],
    ['service create web --imgae nginx', 'unexpected'],
    ['service create web --image nginx --replicas many', 'invalid'],
    ['service create we/b --image nginx', 'invalid'],
    ['status \uFFFD', 'unreadable'],
  ])('%s', (text, kind) => {
    expect(refused(text).kind).toBe(kind);
  });

  it('names the flag that was meant', () => {
    expect(refused('service create web --imgae nginx').message).toContain('did you mean `--image`?');
  });
});
