/** Stopping a server so that it stays stopped, and the way back. */
import { z } from 'zod';
import { applyBash } from '../remote.ts';
import type { RemoteHost } from '../ssh.ts';

/** Samba's; an application server's are in the inventory. */
export const sambaUnits = {
  'domain-controller': 'samba-ad-dc',
  'file-server': 'smbd winbind',
} as const;
const file = (name: string): URL => new URL(name, import.meta.url);

const stoppedSchema = z.strictObject({ changed: z.boolean(), stoppedAtUtc: z.iso.datetime() });

/** Stops these units (words) of a server for good and keeps its data; done already, it says since when. */
export async function stopServer(
  host: RemoteHost,
  units: string,
): Promise<{ changed: boolean; stoppedAtUtc: string }> {
  const answer = await applyBash(host, file('stop-serving.sh'), { parameters: { UNITS: units } });
  return stoppedSchema.parse(JSON.parse(answer));
}

/** Undoes {@link stopServer}; a server that was not stopped is left alone. */
export async function resumeServer(host: RemoteHost, units: string): Promise<{ changed: boolean }> {
  const answer = await applyBash(host, file('resume-serving.sh'), { parameters: { UNITS: units } });
  return z.strictObject({ changed: z.boolean() }).parse(JSON.parse(answer));
}
