/** A lab that is alive: where its files are, the process that holds it, and what it was made from. */
import { DrError } from '../core/errors.ts';
import { type LabPaths, labNames } from './paths.ts';
import { type LabHost, type LabState, readLabState } from './state.ts';
import { findSupervisor } from './supervisor.ts';

export type LabContext = { paths: LabPaths; pid: number; state: LabState };

/** Undefined when there is no such lab, or it is dead. */
export async function findContext(paths: LabPaths): Promise<LabContext | undefined> {
  const [pid, state] = await Promise.all([findSupervisor(paths), readLabState(paths)]);
  return pid === undefined || state === undefined ? undefined : { paths, pid, state };
}

/** @throws DrError LAB_NOT_RUNNING */
export async function requireContext(paths: LabPaths): Promise<LabContext> {
  const context = await findContext(paths);
  if (context !== undefined) return context;
  const others = (await labNames()).filter((name) => name !== paths.name);
  throw new DrError(
    'LAB_NOT_RUNNING',
    `Il laboratorio "${paths.name}" non è acceso. / The lab is not running.`,
    `Accenderlo con / start it with: dr lab up --name ${paths.name}${others.length > 0 ? ` (altri laboratori / other labs: ${others.join(', ')})` : ''}`,
  );
}

/** @throws DrError LAB_HOST naming the hosts that there are */
export function requireHosts(context: LabContext, names: readonly string[]): LabHost[] {
  return names.map((name) => {
    const host = context.state.hosts.find((candidate) => candidate.name === name);
    if (host !== undefined) return host;
    throw new DrError(
      'LAB_HOST',
      `Nel laboratorio "${context.paths.name}" non c'è un host "${name}". / The lab has no such host.`,
      `Host del laboratorio / hosts of the lab: ${context.state.hosts.map((known) => known.name).join(', ')}`,
    );
  });
}

export function hostsOfSite(context: LabContext, site: string): LabHost[] {
  return context.state.hosts.filter((host) => host.site === site);
}
