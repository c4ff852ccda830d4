/** A desk's workstation: member of the domain, office share, printer, shortcuts, smart cards. */
import { z } from 'zod';
import { applyBashText, programText } from '../remote.ts';
import { type DomainMembership, joinParameters } from '../samba/member.ts';
import type { RemoteHost } from '../ssh.ts';

export type Workstation = {
  membership: DomainMembership;
  dnsDomain: string;
  /** Short name of the file server. */
  fileServer: string;
  share: string;
  /** The office's group; only its members get the share. */
  group: string;
  printer: { name: string; uri: string } | undefined;
  shortcuts: readonly { name: string; url: string }[];
};

/** Makes `host` a desk of that office; changes nothing when all is so already. */
export async function provisionWorkstation(
  host: RemoteHost,
  desk: Workstation,
  onProgress?: (line: string) => void,
): Promise<{ changed: boolean }> {
  const program = await programText(
    new URL('../samba/join-member.sh', import.meta.url),
    new URL('workstation.sh', import.meta.url),
  );
  const answer = await applyBashText(host, program, {
    parameters: {
      ...joinParameters(desk.membership, [], 'winbind'),
      FILE_SERVER: desk.fileServer,
      SHARE: desk.share,
      GROUP: desk.group,
      PRINTER_NAME: desk.printer?.name ?? '',
      PRINTER_URI: desk.printer?.uri ?? '',
      SHORTCUTS: JSON.stringify(desk.shortcuts),
      DNS_DOMAIN: desk.dnsDomain,
    },
    secret: desk.membership.administratorPassword,
    ...(onProgress && { onProgress }),
  });
  return z.object({ changed: z.boolean() }).parse(JSON.parse(answer));
}
