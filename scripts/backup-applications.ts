/** The applications of a site, dumped and laid beside the rest of a snapshot. One that can't be dumped is a warning: the others are copied. */
import { toErrorRecord } from '../core/errors.ts';
import { formatBytes } from '../core/sizes.ts';
import { applicationServerAt, applicationsAt } from '../inventory/lookup.ts';
import type { Application } from '../inventory/schema-applications.ts';
import { dumpApplication, workFolder } from '../platforms/application/application.ts';
import { RemoteHost, withHost } from '../platforms/ssh.ts';
import type { ScriptContext } from './context.ts';

/** Stages every application of `site` below `folder` on `files`, where the snapshot is taken. Gives their bytes, and a warning for each that is not in it. */
export async function stageApplications(
  context: ScriptContext,
  site: string,
  files: RemoteHost,
  folder: string,
): Promise<{ bytes: number; warnings: string[] }> {
  const server = applicationServerAt(context.inventory, site);
  const applications = applicationsAt(context.inventory, site);
  if (server === undefined || applications.length === 0) return { bytes: 0, warnings: [] };
  const warnings: string[] = [];
  let bytes = 0;
  try {
    await withHost(context.access, server.name, async (host) => {
      for (const application of applications) {
        try {
          bytes += await stageOne(context, application, host, files, `${folder}/${application.id}`);
        } catch (error) {
          warnings.push(notInCopy(application, error));
        }
      }
    });
  } catch (error) {
    warnings.push(...applications.map((application) => notInCopy(application, error)));
  }
  for (const warning of warnings) context.progress(warning);
  return { bytes, warnings };
}

async function stageOne(
  { progress }: ScriptContext,
  application: Application,
  host: RemoteHost,
  files: RemoteHost,
  target: string,
): Promise<number> {
  const folder = workFolder(application.id);
  const { rows, bytes } = await dumpApplication(host, application, progress);
  await host.pipeTo(
    `tar --create --directory ${folder} .`,
    files,
    `umask 077; mkdir -p ${target} && tar --extract --same-owner --directory ${target} || { rm -rf ${target}; exit 1; }`,
  );
  await host.bash(`rm -rf ${folder}`);
  progress(`${application.nameIt}: ${rows} righe / rows, ${formatBytes(bytes)}`);
  return bytes;
}

function notInCopy({ nameIt, nameEn }: Application, error: unknown): string {
  const { message } = toErrorRecord(error);
  return `${nameIt} non è in questa copia: ${message} / ${nameEn} is not in this backup.`;
}
