import { describe, expect, test } from 'vitest';
import { withComposeVariables } from './compose-variables.ts';
import { fillText, type Lookup, withoutValues, withVariables } from './variables.ts';

const values: Record<string, string> = { TAG: '1.2', EMPTY: '', ODD: 'a: b # c', N: '3', PASSWORD: 'hunter2' };
const lookup: Lookup = (name) => (Object.hasOwn(values, name) ? values[name] : undefined);
const filled = (text: string): string => {
  const result = fillText(text, lookup);
  return 'problem' in result ? `! ${result.problem}` : result.text;
};

describe('a text with variables', () => {
  test.each([
    ['nginx:$TAG', 'nginx:1.2'],
    ['nginx:${TAG}-alpine', 'nginx:1.2-alpine'],
    ['$TAG$N', '1.23'],
    ['${EMPTY}', ''],
    ['${ODD}', 'a: b # c'],
    ['${NONE:-x}${NONE-x}', 'xx'],
    ['${EMPTY:-x}|${EMPTY-x}', 'x|'],
    ['${NONE:-}', ''],
    ['${TAG:-x}${TAG-x}', '1.21.2'],
    ['${TAG:?no}${EMPTY?no}', '1.2'],
    ['${TAG:+with}|${EMPTY:+with}|${EMPTY+with}|${NONE+with}', 'with||with|'],
    ['${NONE:-${EMPTY:-${TAG}}}', '1.2'],
    ['${NONE:-a-$TAG}', 'a-1.2'],
    ['${NONE:-http://h:80/?a=b}', 'http://h:80/?a=b'],
    ['${NONE:-{"a": 1}}${TAG:-{"a": 1}}', '{"a": 1}1.2'],
    ['$$HOME and $${TAG}', '$HOME and ${TAG}'],
    ['${NONE:-$$5}', '$5'],
    ['no variable', 'no variable'],
  ])('%s is %s', (text, expected) => expect(filled(text)).toBe(expected));

  test.each([
    ['$NONE', '! needs the variable `NONE`, which is not set and has no default, such as `${NONE:-…}`'],
    ['${NONE}', '! needs the variable `NONE`, which is not set and has no default, such as `${NONE:-…}`'],
    ['${NONE:?say which}', '! needs the variable `NONE`, which is not set: say which'],
    ['${NONE?}', '! needs the variable `NONE`, which is not set'],
    ['${EMPTY:?say $PASSWORD}', '! needs the variable `EMPTY`, which is empty: say $PASSWORD'],
    ['${TAG:-${NONE}}', '1.2'],
    ['${NONE:-${OTHER}}', '! needs the variable `OTHER`, which is not set and has no default, such as `${OTHER:-…}`'],
    ['costs $5', '! has a `$` that begins no variable; write `$$` for a dollar sign'],
    ['${TAG', '! has a `$` that begins no variable; write `$$` for a dollar sign'],
    ['${}', '! has a `$` that begins no variable; write `$$` for a dollar sign'],
    ['${TAG!x}', '! has a `$` that begins no variable; write `$$` for a dollar sign'],
    ['ends in $', '! has a `$` that begins no variable; write `$$` for a dollar sign'],
  ])('%s', (text, expected) => expect(filled(text)).toBe(expected));

  test('is not looked at again once a value is in', () => {
    expect(fillText('$A', () => '$B ${C}')).toEqual({ text: '$B ${C}', hasVariable: true });
  });
});

test('values are filled in where they are, keys and numbers stay, and each problem has its place', () => {
  const result = withVariables(
    {
      'x-own': '$NOBODY',
      services: { $TAG: { image: 'web:$TAG', command: ['echo', '$NONE'], tty: true, environment: { PRICE: '$$5' } } },
    },
    lookup,
  );
  expect(result.value).toEqual({
    'x-own': '$NOBODY',
    services: { $TAG: { image: 'web:1.2', command: ['echo', '$NONE'], tty: true, environment: { PRICE: '$5' } } },
  });
  expect(result.issues.map(({ pointer }) => pointer)).toEqual(['/services/$TAG/command/1']);
  expect(result.names).toEqual(['TAG']);
});

test('a number or a truth is one where no text is taken', () => {
  const compose = {
    services: {
      web: {
        image: '$N',
        init: '${YES:-true}',
        environment: { ZIP: '${ZIP:-0123}', N: '$N' },
        ports: [{ target: '${PORT:-80}', published: '8080' }],
        deploy: { replicas: '$N', resources: { limits: { cpus: '0.$N' } } },
      },
    },
  };
  expect(withComposeVariables(compose, lookup).value).toEqual({
    services: {
      web: {
        image: '3',
        init: true,
        environment: { ZIP: '0123', N: '3' },
        ports: [{ target: 80, published: '8080' }],
        deploy: { replicas: 3, resources: { limits: { cpus: '0.3' } } },
      },
    },
  });
});

test('what a refusal quotes of a value is its name', () => {
  const names = ['PASSWORD', 'N', 'EMPTY'];
  expect(withoutValues('`web:hunter2` is no image; at least 3, not `3`', names, lookup)).toBe(
    '`web:${PASSWORD}` is no image; at least 3, not `${N}`',
  );
});
