import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { neededLibraries, withoutLibrary } from './elf.ts';

test('what is not an ELF file asks for nothing', () => {
  expect(neededLibraries(Buffer.from('#!/bin/sh\n'))).toEqual([]);
  expect(neededLibraries(Buffer.alloc(100))).toEqual([]);
});

describe.skipIf(process.platform !== 'linux')('of a real program', () => {
  test('the libraries are read', async () => {
    expect(neededLibraries(await readFile(process.execPath))).toContain('libc.so.6');
  });

  test('a library can be forgotten, and the original is left alone', async () => {
    const original = await readFile(process.execPath);
    const before = neededLibraries(original);
    const after = neededLibraries(withoutLibrary(original, 'libm.so.6', 'libc.so.6'));
    expect(after).toEqual(before.map((name) => (name === 'libm.so.6' ? 'libc.so.6' : name)));
    expect(neededLibraries(original)).toEqual(before);
    expect(before).toContain('libm.so.6');
  });

  test('a library that is not asked for cannot be forgotten', async () => {
    const original = await readFile(process.execPath);
    expect(() => withoutLibrary(original, 'libdbus-1.so.3', 'libc.so.6')).toThrow('not linked to libdbus-1.so.3');
  });
});
