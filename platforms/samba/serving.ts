/** Stopping a server so that it stays stopped, and the way back. */
import { z } from 'zod';
import { applyBash } from '../remote.ts';
import type { RemoteHost } from '../ssh.ts';

const units = {
  'domain-controller': 'samba-ad-dc',
  'file-server': 'smbd winbind',
} as const;
type ServerKind = keyof typeof units;
const file = (name: string): URL => new URL(name, import.meta.url);

const stoppedSchema = z.strictObject({ changed: z.boolean(), stoppedAtUtc: z.iso.datetime() });

/** Stops the server's services for good and keeps its data; done already, it says since when. */
export async function stopServer(
  host: RemoteHost,
  kind: ServerKind,
): Promise<{ changed: boolean; stoppedAtUtc: string }> {
  const answer = await applyBash(host, file('stop-serving.sh'), { parameters: { UNITS: units[kind] } });
  return stoppedSchema.parse(JSON.parse(answer));
}

/** Undoes {@link stopServer}; a server that was not stopped is left alone. */
export async function resumeServer(host: RemoteHost, kind: ServerKind): Promise<{ changed: boolean }> {
  const answer = await applyBash(host, file('resume-serving.sh'), { parameters: { UNITS: units[kind] } });
  return z.strictObject({ changed: z.boolean() }).parse(JSON.parse(answer));
}
