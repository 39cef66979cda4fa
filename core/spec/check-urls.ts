import type { InputIssue } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { parseIp } from '../net/cidr.ts';
import { pointerOf } from '../pointer.ts';
import type { Spec } from './spec.ts';

/** URLs to be checked name a node (the worker puts its address there), an address, or a name with a dot. */
export const checkUrls = ({ verify, nodes }: Pick<Spec, 'verify' | 'nodes'>): InputIssue[] =>
  verify.http.flatMap(({ url }, at) => {
    const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
    const names = Object.keys(nodes);
    const isKnown =
      names.some((name) => name.toLowerCase() === host) || parseIp(host) !== undefined || host.includes('.');
    if (isKnown) return [];
    return [
      {
        pointer: pointerOf(['verify', 'http', at, 'url']),
        message: `\`${host}\` is not a node of the spec${didYouMean(host, names)}`,
      },
    ];
  });
