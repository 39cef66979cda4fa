import type { StepContainer } from '../step.ts';
import { containerAccess } from '../engine/host-access.ts';
import { environmentText } from './engine-body.ts';

/** `image nginx, on my_overlay_network, 8081:80`. */
export function containerSentence(container: StepContainer): string {
  const { image, networks, ports, environment } = container;
  const names = Object.keys(networks);
  return [
    `image ${image}`,
    ...(names.length === 0 ? [] : [`on ${names.join(', ')}`]),
    ...ports.map(({ published, target, protocol }) => `${published}:${target}${protocol === 'udp' ? '/udp' : ''}`),
    ...containerAccess(container),
    ...environmentText(Object.keys(environment)),
  ].join(', ');
}
