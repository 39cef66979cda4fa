import type { CauseId } from '../causes/catalogue.ts';
import { blameOnce, culpritFinding, sameWay, whereText } from './blocked.ts';
import type { Way } from './blame.ts';
import { overlayLines } from './counters.ts';
import { firstAmong, linesOf, type Rule, type Ruling, ruling } from './ruling.ts';
import type { CheckResult } from '../verification.ts';
import { networksIn, type OneWay } from './symptoms.ts';

/**
 * Packets are lost between hosts on one network, and over another one the same ways pass: then no port is closed. Names
 * and places of containers are two records of the gossip, and an engine may have the one without the other.
 */
export const placeRule: Rule = ({ symptoms, open, earlier }) => {
  const networks = networksIn(symptoms.swarm);
  const plain = new Set(networks.flatMap(({ name, options }) => ('encrypted' in options ? [] : [name])));
  const sent = (symptoms.evidence?.oneWay ?? []).filter(({ network }) => plain.has(network));
  return [...plain].flatMap((network): Ruling[] => {
    const own = sent.filter((one) => one.network === network);
    const lost = open.filter((one) => one.check === 'ping' && one.level === 'L4' && one.network === network);
    const failed = own.filter((one) => !one.arrived && passesBeside(sent, one) && isMissed(lost, one));
    return blameOnce(own, failed).map((culprit) => {
      const isOn = (one: CheckResult): boolean =>
        culprit.ways.some((way) => isBetween(one, way)) || (one.to === null && culprit.hosts.includes(one.from));
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

const passesBeside = (sent: readonly OneWay[], way: OneWay): boolean =>
  sent.some((one) => one.arrived && one.network !== way.network && sameWay(one, way));

/** An echo needs both ways. */
const isMissed = (lost: readonly CheckResult[], way: Way): boolean => lost.some((check) => isBetween(check, way));

const isBetween = ({ from, to }: CheckResult, way: Way): boolean =>
  (from === way.from && to === way.to) || (from === way.to && to === way.from);
