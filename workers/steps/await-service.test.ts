import { expect, test } from 'vitest';
import { lateText } from './await-service.ts';

const late = {
  kind: 'late',
  seconds: 420,
  progress: '28 of 40 run, 12 pull the image',
  reason: '',
  isPulled: true,
} as const;

test('a service that ran out of time is told with how far it has come', () => {
  expect(lateText('web', late)).toEqual({
    message: 'web did not converge within 420 s: 28 of 40 run, 12 pull the image.',
    next: 'Wait until the nodes have the image, or `docker pull` it on them, then `flotilla ops retry last`.',
  });
  expect(
    lateText('web', { ...late, progress: '0 of 1 run', reason: 'task: non-zero exit (1)', isPulled: false }),
  ).toEqual({
    message: 'web did not converge within 420 s: 0 of 1 run; task: non-zero exit (1).',
    next: 'Mend the cause and retry, or remove the service.',
  });
});
