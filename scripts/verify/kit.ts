/** The checks of the recovery kit: a part of the level `content` of a cassette that has one, and `dr kit check`. */
import { type Check, runCheck } from '../../core/check.ts';
import { DrError } from '../../core/errors.ts';
import type { RemoteHost } from '../../platforms/ssh.ts';
import { type Tool, thisTool } from '../../platforms/tool/archive.ts';
import { type KitProbe, probeKit } from '../../platforms/tool/kit-probe.ts';

/** Is the kit whole, are its digests right, does its version fit. One that is missing is a FAIL. */
export async function checkKit(
  host: RemoteHost,
  label: string,
  passphrase: string | undefined,
): Promise<Check[]> {
  const probe = probeKit(host, label, passphrase ?? '');
  return [...(await checkContents(label, probe)), await checkVersion(label, probe)];
}

/** What the daily verification asks of a kit: that it is what was written. A cassette without one has nothing to check. */
export async function checkKitIfThere(host: RemoteHost, label: string, passphrase: string): Promise<Check[]> {
  const probe = probeKit(host, label, passphrase);
  const isAbsent = await probe.then(({ state }) => state === 'absent').catch(() => false);
  return isAbsent ? [] : await checkContents(label, probe);
}

async function checkContents(label: string, probe: Promise<KitProbe>): Promise<Check[]> {
  return await Promise.all([
    runCheck(
      { id: 'kit.whole', titleIt: 'Kit sulla cassetta integro', titleEn: 'Kit on the cassette is whole' },
      async () => {
        const found = await probe;
        if (found.state !== 'whole') {
          const why = found.state === 'absent' ? 'manca / it is missing' : found.why;
          return { outcome: 'FAIL', evidence: `${why}: ${rewrite(label)}` };
        }
        const { digest, writtenAtUtc } = found.manifest;
        return { outcome: 'PASS', evidence: `${digest.slice(0, 12)}, ${writtenAtUtc}` };
      },
    ),
    runCheck(
      {
        id: 'kit.sealed',
        titleIt: 'Kit autentico: sigillato con la frase segreta',
        titleEn: 'Kit is authentic: sealed with the passphrase',
      },
      async () => {
        const { sealed } = await requireWhole(label, probe);
        if (sealed === null)
          throw new DrError('SECRET_MISSING', 'Manca la frase segreta. / No passphrase.', '--secrets');
        return sealed.intact
          ? { outcome: 'PASS', evidence: 'SHA256SUMS' }
          : { outcome: 'FAIL', evidence: `${sealed.why}: ${rewrite(label)}` };
      },
    ),
  ]);
}

async function checkVersion(label: string, probe: Promise<KitProbe>): Promise<Check> {
  return await runCheck(
    {
      id: 'kit.version',
      titleIt: 'Versione del kit non più nuova del programma',
      titleEn: 'Kit is not newer than the tool',
    },
    async () => {
      const [{ manifest }, tool] = [await requireWhole(label, probe), await thisTool()];
      return judgeVersion(manifest, tool);
    },
  );
}

async function requireWhole(
  label: string,
  probe: Promise<KitProbe>,
): Promise<Extract<KitProbe, { state: 'whole' }>> {
  const found = await probe;
  if (found.state === 'whole') return found;
  throw new DrError(
    'KIT_UNUSABLE',
    'Il kit non è integro. / The kit is not whole.',
    `dr kit write --label ${label}`,
  );
}

/** An older kit still restores; a newer one says that this program is the one to be renewed. */
export function judgeVersion(
  kit: Pick<Tool, 'version' | 'digest'>,
  tool: Pick<Tool, 'version' | 'digest'>,
): { outcome: 'PASS' | 'FAIL'; evidence: string } {
  if (kit.digest === tool.digest)
    return { outcome: 'PASS', evidence: `${kit.version}, lo stesso / the same` };
  const order = kit.version.localeCompare(tool.version, 'en', { numeric: true });
  const evidence = `kit ${kit.version} (${kit.digest.slice(0, 12)}), programma / tool ${tool.version} (${tool.digest.slice(0, 12)})`;
  if (order > 0)
    return { outcome: 'FAIL', evidence: `${evidence}: aggiornare il programma / update the tool` };
  return { outcome: 'PASS', evidence: `${evidence}: "dr kit write" lo rinnova / renews it` };
}

function rewrite(label: string): string {
  return `"dr kit write --label ${label}" lo riscrive / writes it again`;
}
