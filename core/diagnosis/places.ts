import type { CauseId } from '../causes/catalogue.ts';
import { blameOnce, culpritFinding, whereText } from './blocked.ts';
import { overlayLines } from './counters.ts';
import type { CheckResult } from '../verification.ts';
import { firstAmong, linesOf, type Rule, type Ruling, ruling } from './ruling.ts';
import { networksIn } from './symptoms.ts';
import { byWay, type Way, waySet } from '../ways.ts';

/**
 * Packets are lost between hosts on one network, and over another one the same ways pass: then no port is closed. Names
 * and places of containers are two records of the gossip, and an engine may have the one without the other.
 */
export const placeRule: Rule = ({ symptoms, open, earlier }) => {
  const networks = networksIn(symptoms.swarm);
  const plain = new Set(networks.flatMap(({ name, options }) => ('encrypted' in options ? [] : [name])));
  const sent = (symptoms.evidence?.oneWay ?? []).filter(({ network }) => plain.has(network));
  const arrivedOn = byWay(sent.filter(({ arrived }) => arrived));
  return [...plain].flatMap((network): Ruling[] => {
    const own = sent.filter((one) => one.network === network);
    const lost = open.filter((one) => one.check === 'ping' && one.level === 'L4' && one.network === network);
    // An echo needs both ways.
    const missed = waySet(lost);
    const failed = own.filter(
      (one) => !one.arrived && arrivedOn(one).some((other) => other.network !== network) && missed.hasEither(one),
    );
    return blameOnce(own, failed).map((culprit) => {
      const ways = waySet(culprit.ways);
      const isOn = (one: CheckResult): boolean =>
        ways.hasEither(one) || (one.to === null && culprit.hosts.includes(one.from));
      const finding = culpritFinding('container-place-unknown', culprit, {
        message: `On the network ${network} packets are lost ${whereText(culprit)}, and over another network they pass.`,
        network,
        isSided: true,
        evidence: [...overlayLines(symptoms, culprit.hosts).slice(0, 4), ...linesOf(lost.filter(isOn))],
        values: { network },
        ...silenceOf(earlier, culprit.ways),
      });
      return ruling(finding, (check) => ['L4', 'L5'].includes(check.level) && check.network === network && isOn(check));
    });
  });
};

/** Gossip that is cut off at one end of every such way: places are told by it, as names are. */
function silenceOf(earlier: readonly Ruling[], ways: readonly Way[]): { consequenceOf?: CauseId } {
  const here = earlier.filter(({ finding: { hosts } }) =>
    ways.every(({ from, to }) => hosts.includes(from) || hosts.includes(to)),
  );
  const consequenceOf = firstAmong(here, gossipCauses);
  return consequenceOf === undefined ? {} : { consequenceOf };
}

const gossipCauses: readonly CauseId[] = ['gossip-blocked', 'gossip-tcp-blocked', 'gossip-udp-blocked', 'gossip-dead'];
