import { expect, test } from 'vitest';
import { LiveRegion } from './live-region.ts';
import { noColours } from './paint.ts';

/** A terminal that only remembers: enough of one to check what is written. */
function recorder(columns: number, rows = 24) {
  const state = { text: '', columns, rows };
  const terminal = {
    isTerminal: true,
    paint: noColours,
    write: (text: string) => void (state.text += text),
    columns: () => state.columns,
    rows: () => state.rows,
  };
  const taken = (): string => {
    const { text } = state;
    state.text = '';
    return text;
  };
  return { state, terminal, taken };
}

test('finished lines are printed once above, the others are drawn again in place', () => {
  const { terminal, taken } = recorder(40);
  const region = new LiveRegion(terminal);
  region.draw(['running a', 'status']);
  expect(taken()).toBe('running a\nstatus');
  region.draw(['status'], ['done a']);
  expect(taken()).toBe('\r\u001B[K\u001B[1A\r\u001B[Kdone a\nstatus');
  region.clear();
  expect(taken()).toBe('\r\u001B[K');
});

test('lines are cut to the window, so that none takes two rows', () => {
  const { terminal, taken } = recorder(10);
  new LiveRegion(terminal).draw(['a very long line indeed']);
  expect(taken()).toBe('a very l…');
});

test('after the window became narrower, the rows that the old lines now take are erased', () => {
  const { state, terminal, taken } = recorder(21);
  const region = new LiveRegion(terminal);
  region.draw(['x'.repeat(20), 'status']);
  taken();
  state.columns = 10;
  region.draw(['short']);
  expect(taken()).toBe(`\r\u001B[K${'\u001B[1A\r\u001B[K'.repeat(2)}short`);
});

test('a window with few rows shows the last lines only', () => {
  const { terminal, taken } = recorder(40, 3);
  new LiveRegion(terminal).draw(['a', 'b', 'c', 'd']);
  expect(taken()).toBe('c\nd');
});
