/** What people of the office do at a site, with a Kerberos ticket of their own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { withHost } from '../../platforms/ssh.ts';
import type { Viareggio } from './golden.ts';

const REALM = 'LUCCA.CCIAA.INTERNAL';

/** A command with a ticket of that account, on a host. */
export async function as(
  site: Viareggio,
  host: string,
  account: string,
  password: string,
  command: string,
): Promise<string> {
  const text = `export KRB5CCNAME=FILE:/run/test.ccache; kinit '${account}@${REALM}' <<< "$DR_SECRET" >/dev/null; ${command}`;
  return (
    await withHost(site.context.access, host, async (remote) => await remote.bash(text, { secret: password }))
  ).trim();
}

export function secretOf(site: Viareggio, name: string): string {
  return readFileSync(join(site.lab.directory, 'secrets', name), 'utf8').split('\n')[0] ?? '';
}

/** smbclient on the share of the Business Register, with the ticket at hand. */
export function smb(host: string, commands: string): string {
  return `smbclient '//${host}.${REALM.toLowerCase()}/RegistroImprese' --use-kerberos=required --no-pass -c '${commands}'`;
}

/** The controller's own tool, which asks for the new password twice. */
export async function samba(
  site: Viareggio,
  controller: string,
  command: string,
  password: string,
): Promise<void> {
  await withHost(site.context.access, controller, async (remote) => {
    const outcome = await remote.try(`samba-tool ${command}`, { stdin: `${password}\n${password}\n` });
    expect(outcome).toMatchObject({ exitCode: 0 });
  });
}
