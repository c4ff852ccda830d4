/** Verifies a restored site: files against the manifest, domain, access rights, applications, desks. Every check runs, whatever the others find. */
import { type Check, judge, runCheck } from '../core/check.ts';
import { DrError } from '../core/errors.ts';
import {
  applicationServerAt,
  applicationsAt,
  seatsAt,
  serverAt,
  shareOfOffice,
} from '../inventory/lookup.ts';
import type { AclEntry, Host, Inventory, Office } from '../inventory/schema.ts';
import type { Application } from '../inventory/schema-applications.ts';
import {
  type DumpManifest,
  dumpManifestSchema,
  lookAtApplication,
} from '../platforms/application/application.ts';
import { verifyApplication } from '../platforms/application/verify-application.ts';
import { verifyDesk } from '../platforms/linux/verify-desk.ts';
import { readSnapshotFile } from '../platforms/restic/snapshot-file.ts';
import { type AccessExpectations, verifyAccess } from '../platforms/samba/verify-access.ts';
import { verifyDomain } from '../platforms/samba/verify-domain.ts';
import { verifyFiles } from '../platforms/samba/verify-files.ts';
import { RemoteHost, withHost } from '../platforms/ssh.ts';
import { APPLICATIONS_STAGE, MANIFEST } from './backup.ts';
import { passphraseOf, runScript, type ScriptContext } from './context.ts';
import { expectedDesk, firstAccount } from './expected-desk.ts';
import { SHARES_ROOT } from './serve-shares.ts';
import { lookForVerification, type ServicesFound, servicesFound } from './services.ts';

export type VerifyRequest = { site: string; label: string; snapshot: string };

/** `probes` and `readiness` are empty at a site without lines to suppliers. */
export type Verified = { changed: false; checks: Check[] } & Pick<ServicesFound, 'probes' | 'readiness'>;

/** Runs every check. A part that can't be reached makes its checks NOT VERIFIABLE, never PASS. */
export async function verifyRestore(
  context: ScriptContext,
  request: VerifyRequest,
  onCheck: (check: Check) => void = () => undefined,
): Promise<Verified> {
  const [files, controller, members, look] = await Promise.all([
    verifyRestoredFiles(context, request, onCheck),
    verifyController(context, request.site, onCheck),
    verifyMembers(context, request, onCheck),
    lookForVerification(context, request.site),
  ]);
  const checks = [...files, ...controller, ...members];
  if (look === undefined) return { changed: false, checks, probes: [], readiness: [] };
  const found = servicesFound(context.inventory, request.site, look, checks);
  for (const check of found.checks) onCheck(check);
  const { probes, readiness } = found;
  return { changed: false, checks: [...checks, ...found.checks], probes, readiness };
}

/** Every file against the manifest: it asks for nothing that serves, so it may begin before anything does. */
export async function verifyRestoredFiles(
  context: ScriptContext,
  { site, label, snapshot }: VerifyRequest,
  onCheck: (check: Check) => void,
): Promise<Check[]> {
  const { name } = serverAt(context.inventory, site, 'file-server');
  const checks = await onHost(context, name, 'files', async (host) => {
    const passphrase = await passphraseOf(context, label);
    const what = { label, snapshotId: snapshot, manifest: MANIFEST, root: SHARES_ROOT, passphrase };
    return await verifyFiles(host, what);
  });
  for (const check of checks) onCheck(check);
  return checks;
}

/** The domain as its controller has it: it may begin before there is any member. */
export async function verifyController(
  context: ScriptContext,
  site: string,
  onCheck: (check: Check) => void = () => undefined,
): Promise<Check[]> {
  const { inventory } = context;
  const controller = serverAt(inventory, site, 'domain-controller');
  const { realm, dnsDomain } = inventory.domain;
  const hosts = inventory.hosts.filter((one) => one.site === site);
  const checks = await onHost(
    context,
    controller.name,
    'ad',
    async (host) => await verifyDomain(host, { realm, dnsDomain, controller, hosts }),
  );
  for (const check of checks) onCheck(check);
  return checks;
}

/** What the domain's members serve, once all are joined: trust, rights, applications, desks; not what the suppliers do. */
export async function verifyMembers(
  context: ScriptContext,
  request: VerifyRequest,
  onCheck: (check: Check) => void,
): Promise<Check[]> {
  const { inventory, access } = context;
  const password = await context.secret('test-account');
  const fileServer = serverAt(inventory, request.site, 'file-server');
  const seats = seatsAt(inventory, request.site);
  const parts: readonly Promise<Check[]>[] = [
    verifyTrust(context, request.site),
    onHost(
      context,
      seats[0]?.workstation ?? fileServer.name,
      'access',
      async (host) => await verifyAccess(host, accessExpectations(inventory, fileServer.name, password)),
    ),
    ...verifyApplications(context, request),
    ...seats.map((seat) => verifyDesk(access, expectedDesk(inventory, request.site, seat), password)),
  ];
  const told = parts.map(async (part) => {
    const checks = await part;
    for (const check of checks) onCheck(check);
    return checks;
  });
  return (await Promise.all(told)).flat();
}

/** One part an application: a slow one keeps no other waiting. */
function verifyApplications(context: ScriptContext, request: VerifyRequest): Promise<Check[]>[] {
  const server = applicationServerAt(context.inventory, request.site);
  if (server === undefined) return [];
  return applicationsAt(context.inventory, request.site).map((application) =>
    onHost(
      context,
      server.name,
      `app.${application.id}`,
      async (host) => await verifyOne(context, request, application, server, host),
    ),
  );
}

async function verifyOne(
  context: ScriptContext,
  request: VerifyRequest,
  application: Application,
  { address, name }: Host,
  server: RemoteHost,
): Promise<Check[]> {
  const manifest = await dumpManifest(context, request, application.id);
  const seat = seatsAt(context.inventory, request.site)[0]?.workstation ?? name;
  await using desk = await RemoteHost.connect(context.access, seat);
  const place = { server, desk, url: `http://${address}:${application.port}` };
  const password = await context.secret(`application-${application.id}`);
  return await verifyApplication(application, { ...place, password }, manifest);
}

/** What is erased at the other site must work here: every application that was restored there. */
export async function verifyApplicationsServe(
  context: ScriptContext,
  site: string,
  otherSite: string,
): Promise<Check[]> {
  const here = applicationServerAt(context.inventory, site);
  const there = applicationServerAt(context.inventory, otherSite);
  if (here === undefined || there === undefined) return [];
  return await Promise.all(
    applicationsAt(context.inventory, site).map((application) =>
      runCheck(
        {
          id: `app.${application.id}.serves`,
          titleIt: `${application.nameIt} in servizio`,
          titleEn: `${application.nameEn} in service`,
        },
        async () => {
          const [mine, theirs] = await Promise.all(
            [here, there].map(
              async ({ name }) =>
                await withHost(
                  context.access,
                  name,
                  async (host) => await lookAtApplication(host, application),
                ),
            ),
          );
          const missing = theirs?.restored === true && mine?.serves !== true;
          return judge(missing ? [`${here.name}: non è in servizio / it is not in service`] : [], here.name);
        },
      ),
    ),
  );
}

/** What the snapshot says of an application; undefined where it does not hold it. */
async function dumpManifest(
  context: ScriptContext,
  { site, label, snapshot }: VerifyRequest,
  id: string,
): Promise<DumpManifest | undefined> {
  const passphrase = await passphraseOf(context, label);
  const fileServer = serverAt(context.inventory, site, 'file-server').name;
  const text = await withHost(
    context.access,
    fileServer,
    async (host) =>
      await readSnapshotFile(
        host,
        { label, snapshotId: snapshot, passphrase },
        `${APPLICATIONS_STAGE}/${id}/manifest.json`,
      ),
  );
  return text === undefined ? undefined : dumpManifestSchema.parse(JSON.parse(text));
}

/** The domain at a site, and the file server's trust in it: what says that the site serves, whoever works on its files meanwhile. */
export async function verifyDirectory(context: ScriptContext, site: string): Promise<Check[]> {
  return (await Promise.all([verifyController(context, site), verifyTrust(context, site)])).flat();
}

async function onHost(
  context: ScriptContext,
  name: string,
  part: string,
  work: (host: RemoteHost) => Promise<Check[]>,
): Promise<Check[]> {
  try {
    return await withHost(context.access, name, work);
  } catch (error) {
    const title = {
      id: `${part}.reachable`,
      titleIt: `Verifiche "${part}" su ${name}`,
      titleEn: `Checks "${part}" on ${name}`,
    };
    return [
      await runCheck(
        title,
        async () => await Promise.reject(error instanceof Error ? error : new Error(String(error))),
      ),
    ];
  }
}

async function verifyTrust(context: ScriptContext, site: string): Promise<Check[]> {
  const title = {
    id: 'ad.machine-trust',
    titleIt: 'Fiducia del file server con il dominio',
    titleEn: 'Trust of the file server with the domain',
  };
  return await onHost(
    context,
    serverAt(context.inventory, site, 'file-server').name,
    'trust',
    async (host) => [
      await runCheck(title, async () => {
        const outcome = await host.try('wbinfo -t && net ads testjoin --machine-pass');
        return judge(outcome.exitCode === 0 ? [] : [outcome.stdout + outcome.stderr], outcome.stdout.trim());
      }),
    ],
  );
}

function accessExpectations(inventory: Inventory, fileServer: string, password: string): AccessExpectations {
  const withShare = inventory.offices.filter((office) =>
    inventory.shares.some((share) => share.office === office.id),
  );
  const offices = withShare.map((office) => ({
    account: firstAccount(office),
    share: shareOfOffice(inventory, office.id).name,
    stranger: firstAccount(strangerTo(inventory, office, withShare)),
  }));
  return {
    realm: inventory.domain.realm,
    server: `${fileServer}.${inventory.domain.dnsDomain}`,
    password,
    offices,
    denials: accountDenials(inventory),
  };
}

/** An office whose group, directly or through groups of groups, is named in no entry on the top of that share. */
function strangerTo(inventory: Inventory, office: Office, candidates: readonly Office[]): Office {
  const trustees = new Set(shareOfOffice(inventory, office.id).acl.map(({ trustee }) => trustee));
  const stranger = candidates.find(
    (other) => !membershipsOf(inventory, other.group).some((group) => trustees.has(group)),
  );
  if (stranger !== undefined) return stranger;
  throw new DrError(
    'INVENTORY_LOOKUP',
    `Ogni ufficio può leggere la cartella di ${office.name}: non c'è un accesso da negare. / Every office can read that share.`,
    'Controllare le ACL in inventory/shares.yaml. / Check the ACLs there.',
  );
}

function membershipsOf(inventory: Inventory, group: string): string[] {
  const parents = inventory.groups.filter(({ members }) => members.includes(group)).map(({ name }) => name);
  return [group, ...parents.flatMap((parent) => membershipsOf(inventory, parent))];
}

/** Folders from which a deny entry keeps a single account out, although its office may work there. */
function accountDenials(inventory: Inventory): AccessExpectations['denials'] {
  const accounts = new Set(inventory.offices.flatMap((office) => office.accounts));
  const keepsOut = (entry: AclEntry): boolean =>
    entry.type === 'deny' &&
    entry.appliesTo === 'this-folder-subfolders-files' &&
    accounts.has(entry.trustee);
  return inventory.shares.flatMap((share) =>
    share.folders.flatMap(({ path, acl }) =>
      acl.filter(keepsOut).map(({ trustee }) => ({ account: trustee, share: share.name, path })),
    ),
  );
}

if (import.meta.main) {
  await runScript(
    'Verifica una sede ripristinata. / Verifies a restored site.',
    {
      site: { type: 'string', required: true, help: 'sede / site' },
      label: { type: 'string', required: true, help: 'etichetta della cassetta / label of the cassette' },
      snapshot: { type: 'string', required: true, help: 'identificativo / id' },
    },
    async (context, values) => {
      const result = await verifyRestore(context, values, ({ outcome, titleIt, evidence }) =>
        context.progress(`${outcome}  ${titleIt}${outcome === 'PASS' ? '' : `: ${evidence}`}`),
      );
      if (result.checks.some(({ outcome }) => outcome !== 'PASS')) process.exitCode = 1;
      return result;
    },
  );
}
