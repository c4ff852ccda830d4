/** A Samba file server in the domain, whose shares keep Windows ACLs. */
import { z } from 'zod';
import { applyBash, applyBashText, programText, type RemoteOptions, runPython } from '../remote.ts';
import type { RemoteHost } from '../ssh.ts';
import { type DomainMembership, joinParameters } from './member.ts';

const file = (name: string): URL => new URL(name, import.meta.url);
const changedSchema = z.object({ changed: z.boolean() });

/** Settings that make `security.NTACL` the only judge of access, as on a Windows server (smb.conf(5), vfs_acl_xattr(8)). */
const WINDOWS_ACLS = [
  'vfs objects = acl_xattr',
  'acl_xattr:ignore system acls = yes',
  'acl_xattr:default acl style = windows',
  'store dos attributes = yes',
  'map archive = no',
];

export type ServedShare = { name: string; path: string };

/** Joins the domain and serves the shares; changes nothing when all is so already. */
export async function serveShares(
  host: RemoteHost,
  membership: DomainMembership,
  shares: readonly ServedShare[],
  onProgress?: (line: string) => void,
): Promise<{ changed: boolean }> {
  const program = await programText(
    file('not-stopped.sh'),
    file('ports-free.sh'),
    file('join-member.sh'),
    file('file-server.sh'),
  );
  const options: RemoteOptions = {
    parameters: {
      ...joinParameters(membership, WINDOWS_ACLS, 'winbind smbd'),
      PORTS: 445,
      OWN: 'smbd',
      SMB_SHARES: shares.map(shareSection).join('\n'),
      FOLDERS: shares.map((share) => share.path).join(' '),
    },
    secret: membership.administratorPassword,
    ...(onProgress && { onProgress }),
  };
  return changedSchema.parse(JSON.parse(await applyBashText(host, program, options)));
}

function shareSection(share: ServedShare): string {
  return [
    `[${share.name}]`,
    `  path = ${share.path}`,
    '  read only = no',
    '  create mask = 0666',
    '  directory mask = 0777',
  ].join('\n');
}

export type ShareAcls = {
  root: string;
  workgroup: string;
  shares: {
    folder: string;
    acl: readonly AclSpec[];
    folders: readonly { path: string; acl: readonly AclSpec[]; protected?: boolean | undefined }[];
  }[];
};
type AclSpec = {
  trustee: string;
  type: 'allow' | 'deny';
  rights: 'read' | 'modify' | 'full';
  appliesTo: string;
};

/** Stamps the declared NT ACLs on the share folders and, inherited, on everything below them. */
export async function applyShareAcls(
  host: RemoteHost,
  wanted: ShareAcls,
): Promise<{ changed: boolean; entries: number }> {
  const answer = await runPython(host, file('share_acls.py'), wanted);
  return z.strictObject({ changed: z.boolean(), entries: z.number() }).parse(JSON.parse(answer));
}

/** Files to mark through SMB; paths are relative to the share. */
export type DosAttributes = { share: string; path: string; attribute: 'read-only' | 'hidden' }[];

/** A program's parameters travel in its environment, of which the kernel lets one variable have 128 KiB (execve(2)); a path has up to 260 characters. */
const ATTRIBUTES_AT_A_TIME = 200;

/** Sets DOS attributes the way a person does, so that Samba stores them as it would (`user.DOSATTRIB`). */
export async function setDosAttributes(
  host: RemoteHost,
  membership: Pick<DomainMembership, 'realm' | 'administratorPassword'>,
  server: string,
  attributes: DosAttributes,
): Promise<void> {
  for (let from = 0; from < attributes.length; from += ATTRIBUTES_AT_A_TIME) {
    const commands = attributeCommands(attributes.slice(from, from + ATTRIBUTES_AT_A_TIME));
    await applyBash(host, file('dos-attributes.sh'), {
      parameters: { REALM: membership.realm, SERVER: server, COMMANDS: JSON.stringify(commands) },
      secret: membership.administratorPassword,
    });
  }
}

/** smbclient's commands, by share. */
function attributeCommands(attributes: DosAttributes): Record<string, string[]> {
  const commands: Record<string, string[]> = {};
  for (const { share, path, attribute } of attributes) {
    const mode = attribute === 'hidden' ? '+h' : '+r';
    (commands[share] ??= []).push(`setmode "${path.replaceAll('/', '\\')}" ${mode}`);
  }
  return commands;
}
