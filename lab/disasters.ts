/** The plan's scenarios (3.4) as they are played in a lab. */
import { rm } from 'node:fs/promises';
import { assertNever } from '../core/errors.ts';
import { cassetteImagePath, mediumSerialPath } from './cassettes.ts';
import { hostsOfSite, type LabContext } from './context.ts';
import { destroyHosts, stopHosts } from './hosts.ts';
import { labStatus } from './status.ts';
import { setWan } from './wan.ts';

export const disasters = ['D1', 'D2', 'D3'] as const;
export type Disaster = (typeof disasters)[number];

/**
 * D1: everything at the primary site is destroyed, a cassette plugged in there included, and the link is cut.
 * D2: its machines are off and cut off, with their disks whole. D3: only its file server is lost; the rest goes on.
 */
export async function strike(context: LabContext, disaster: Disaster): Promise<void> {
  const hosts = hostsOfSite(context, context.state.primary.id);
  switch (disaster) {
    case 'D1': {
      const names = hosts.map((host) => host.name);
      const { cassettes } = await labStatus(context);
      await setWan(context, { up: false });
      await destroyHosts(context, hosts);
      const lost = cassettes.filter(({ pluggedInto }) => pluggedInto !== null && names.includes(pluggedInto));
      const images = lost.map(({ label }) => cassetteImagePath(context.paths, label));
      const files = [...images, ...images.map(mediumSerialPath)];
      await Promise.all(files.map((file) => rm(file, { force: true })));
      return;
    }
    case 'D2':
      await setWan(context, { up: false });
      await stopHosts(context, hosts);
      return;
    case 'D3':
      await destroyHosts(
        context,
        hosts.filter((host) => host.kind === 'file-server'),
      );
      return;
    default:
      assertNever(disaster);
  }
}
