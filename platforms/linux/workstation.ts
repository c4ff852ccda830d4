/** A desk's workstation: member of the domain, office share, printer, shortcuts, smart cards. */
import { z } from 'zod';
import { applyBashText, programText, type RemoteOptions, type RemoteParameters } from '../remote.ts';
import { type DomainMembership, joinParameters } from '../samba/member.ts';
import type { RemoteHost } from '../ssh.ts';

export type Workstation = {
  realm: string;
  workgroup: string;
  dnsDomain: string;
  /** Short name of the file server. */
  fileServer: string;
  share: string;
  /** The office's group; only its members get the share. */
  group: string;
  printer: { name: string; uri: string } | undefined;
  shortcuts: readonly { name: string; url: string }[];
};
type Outcome = { changed: boolean };

const file = (name: string): URL => new URL(name, import.meta.url);

/** All of a desk of that office for which no domain is needed; changes nothing when all is so already. */
export async function prepareWorkstation(host: RemoteHost, desk: Workstation): Promise<Outcome> {
  return await apply(host, [], { parameters: deskParameters(desk) });
}

/** Makes `host` a desk of that office, and a member of the domain; changes nothing when all is so already. */
export async function provisionWorkstation(
  host: RemoteHost,
  desk: Workstation,
  membership: DomainMembership,
  onProgress?: (line: string) => void,
): Promise<Outcome> {
  return await apply(host, [file('../samba/join-member.sh')], {
    parameters: { ...joinParameters(membership, [], 'winbind'), ...deskParameters(desk) },
    secret: membership.administratorPassword,
    ...(onProgress && { onProgress }),
  });
}

async function apply(host: RemoteHost, join: readonly URL[], options: RemoteOptions): Promise<Outcome> {
  const program = await programText(file('changes.sh'), ...join, file('workstation.sh'));
  return z.object({ changed: z.boolean() }).parse(JSON.parse(await applyBashText(host, program, options)));
}

function deskParameters(desk: Workstation): RemoteParameters {
  return {
    REALM: desk.realm,
    WORKGROUP: desk.workgroup,
    FILE_SERVER: desk.fileServer,
    SHARE: desk.share,
    GROUP: desk.group,
    PRINTER_NAME: desk.printer?.name ?? '',
    PRINTER_URI: desk.printer?.uri ?? '',
    SHORTCUTS: JSON.stringify(desk.shortcuts),
    DNS_DOMAIN: desk.dnsDomain,
  };
}
