/** Turning hosts on, off, and into rubble. */
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DrError } from '../core/errors.ts';
import { lastLines } from '../platforms/exec.ts';
import type { LabContext } from './context.ts';
import { dataDiskPath, exists, makeDisk } from './disks.ts';
import type { LabHost } from './state.ts';
import { runInside, tryInside } from './supervisor.ts';

/**
 * Turns hosts on, all at once, and waits until sshd answers on each. One that is on is left alone; one that has no disks (new,
 * or destroyed) gets blank ones.
 * @throws DrError HOST_BOOT naming the hosts that did not come up
 */
export async function startHosts(context: LabContext, hosts: readonly LabHost[]): Promise<void> {
  if (hosts.length === 0) return;
  await Promise.all(hosts.map((host) => ensureDataDisk(context, host)));
  const lines = hosts.map((host) => hostLine(context, host)).join('');
  const outcome = await tryInside(context.pid, 'start-hosts.sh', [], lines);
  if (outcome.exitCode !== 0) throw await bootFailed(context, hosts, outcome.stderr);
}

/** An orderly shutdown of all at once; a host that takes too long has its power cut. The disks stay. */
export async function stopHosts(context: LabContext, hosts: readonly LabHost[]): Promise<void> {
  await stop(context, 'off', hosts);
}

/** Power cut, and the disks are gone. Started again, the host is new hardware of the same name. */
export async function destroyHosts(context: LabContext, hosts: readonly LabHost[]): Promise<void> {
  await stop(context, 'destroy', hosts);
  await Promise.all(hosts.map((host) => rm(dataDiskPath(context.paths, host.name), { force: true })));
}

async function stop(context: LabContext, how: 'off' | 'destroy', hosts: readonly LabHost[]): Promise<void> {
  if (hosts.length === 0) return;
  await runInside(context.pid, 'stop-hosts.sh', [how, ...hosts.map((host) => host.name)]);
}

async function ensureDataDisk({ paths, state }: LabContext, host: LabHost): Promise<void> {
  const path = dataDiskPath(paths, host.name);
  if (host.kind !== 'file-server' || (await exists(path))) return;
  await makeDisk(path, state.dataDiskBytes, { label: 'dati' });
}

/** One line of start-hosts.sh's input; the fields are described there. */
function hostLine({ paths, state }: LabContext, host: LabHost): string {
  const site = host.site === state.primary.id ? state.primary : state.secondary;
  const prefixLength = site.cidr.split('/')[1];
  const fields = [
    host.name,
    `${host.address}/${prefixLength}`,
    site.gateway,
    site.id,
    host.bridge,
    host.port,
    host.kind === 'file-server' ? `${host.name}.img` : '-',
    createHash('md5').update(`${paths.id}/${host.name}`).digest('hex'),
    state.domain,
  ];
  return `${fields.join('|')}\n`;
}

async function bootFailed(
  { paths }: LabContext,
  hosts: readonly LabHost[],
  stderr: string,
): Promise<DrError> {
  const failed = hosts.filter(({ name }) => stderr.includes(`${name}: sshd`));
  const logs = await Promise.all(
    failed.map(async ({ name }) => {
      const text = await readFile(join(paths.logs, `${name}.log`), 'utf8').catch(() => '');
      return `${name}: ${lastLines(text, 3)}`;
    }),
  );
  return new DrError(
    'HOST_BOOT',
    `Non tutti gli host si sono accesi. / Not every host came up. ${[lastLines(stderr, 4), ...logs].join('\n')}`,
    `Leggere i registri in "${paths.logs}", poi ripetere "dr lab up": chi è acceso non si tocca. / Read the logs there, then run it again: what is on is left alone.`,
  );
}
