/** The Active Directory domain on Samba controllers: create, back up, restore, look into. */
import { z } from 'zod';
import {
  applyBash,
  applyBashText,
  programText,
  type RemoteParameters,
  runPython,
  runPythonText,
} from '../remote.ts';
import { type RemoteHost, shellQuote } from '../ssh.ts';

const file = (name: string): URL => new URL(name, import.meta.url);
const changedSchema = z.object({ changed: z.boolean() });
/** DNS, Kerberos, LDAP, SMB. */
const CONTROLLER_PORTS = '53 88 389 445';
type Progress = { onProgress?: (line: string) => void };

/** Creates a new domain with `host` as its first controller; does nothing when it is there. */
export async function provisionDomain(
  host: RemoteHost,
  domain: { realm: string; workgroup: string; address: string; administratorPassword: string } & Progress,
): Promise<{ changed: boolean }> {
  const answer = await applyBash(host, file('provision-domain.sh'), {
    parameters: { REALM: domain.realm, WORKGROUP: domain.workgroup, ADDRESS: domain.address },
    secret: domain.administratorPassword,
    ...(domain.onProgress && { onProgress: domain.onProgress }),
  });
  return changedSchema.parse(JSON.parse(answer));
}

export type DirectorySpec = {
  groups: { name: string; members: string[] }[];
  accounts: { name: string; description: string; groups: string[] }[];
  password: string;
};

/** Makes the groups, accounts and memberships that are missing. */
export async function applyDirectory(host: RemoteHost, spec: DirectorySpec): Promise<{ changed: boolean }> {
  return changedSchema.parse(JSON.parse(await runPython(host, file('directory.py'), spec)));
}

const archiveSchema = z.strictObject({ archive: z.string(), sizeBytes: z.number(), sha256: z.string() });
export type DomainArchive = z.infer<typeof archiveSchema>;

/** Takes an offline backup on a controller; the archive stays there until it is removed with {@link removeArchive}. */
export async function backupDomain(host: RemoteHost): Promise<DomainArchive> {
  return archiveSchema.parse(JSON.parse(await applyBash(host, file('backup-domain.sh'))));
}

/** Deletes an archive (it holds password hashes) once it is on the cassette. */
export async function removeArchive(host: RemoteHost, archive: string): Promise<void> {
  await host.bash(`rm -f ${shellQuote(archive)}`);
}

export type RestoredDomain = {
  realm: string;
  address: string;
  /** The new controller's name. */
  controller: string;
  snapshotId: string;
} & Progress;

/** Unpacks the domain from `archive` (a path on `host`) under the new controller's name, every old one removed. It does not start. */
export async function restoreDomain(
  host: RemoteHost,
  archive: string,
  domain: RestoredDomain,
): Promise<{ changed: boolean }> {
  return await applyToController(host, file('restore-domain.sh'), domain, { ARCHIVE: archive });
}

/** Starts the domain that {@link restoreDomain} has unpacked, and waits for it. @throws DrError DOMAIN_NOT_RESTORED */
export async function startDomain(host: RemoteHost, domain: RestoredDomain): Promise<{ changed: boolean }> {
  return await applyToController(host, file('start-domain.sh'), domain, {});
}

async function applyToController(
  host: RemoteHost,
  program: URL,
  { realm, address, controller, snapshotId, onProgress }: RestoredDomain,
  parameters: RemoteParameters,
): Promise<{ changed: boolean }> {
  const answer = await applyBashText(
    host,
    await programText(file('not-stopped.sh'), file('ports-free.sh'), program),
    {
      parameters: {
        PORTS: CONTROLLER_PORTS,
        OWN: 'samba smbd',
        REALM: realm,
        ADDRESS: address,
        CONTROLLER: controller,
        SNAPSHOT: snapshotId,
        ...parameters,
      },
      ...(onProgress && { onProgress }),
    },
  );
  return changedSchema.parse(JSON.parse(answer));
}

const prunedSchema = z.strictObject({ removed: z.array(z.string()), changed: z.boolean() });

/** Removes the addresses inside lost networks (CIDR) and the computer accounts of the machines that had them. */
export async function pruneLostHosts(
  host: RemoteHost,
  networks: readonly string[],
): Promise<{ changed: boolean; removed: string[] }> {
  const program = await programText(file('dns_zones.py'), file('prune_lost_hosts.py'));
  return prunedSchema.parse(JSON.parse(await runPythonText(host, program, { networks, keepHosts: [] })));
}
