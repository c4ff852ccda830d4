/** Is a spare machine ready to take over? Reachable, systemd healthy, programs there, disk free. */
import { z } from 'zod';
import { DrError } from '../core/errors.ts';
import { applicationsOn, hostByName } from '../inventory/lookup.ts';
import type { Host } from '../inventory/schema.ts';
import { withHost } from '../platforms/ssh.ts';
import { runScript, type ScriptContext } from './context.ts';

const programs: Record<Host['kind'], string> = {
  'domain-controller': 'samba samba-tool samba_dnsupdate kinit host python3',
  'file-server': 'smbd winbindd net wbinfo restic jq python3',
  'application-server': 'restic tar jq python3',
  workstation: 'winbindd net wbinfo smbclient smbnetfs lpadmin kinit jq',
};

const factsSchema = z.strictObject({ systemd: z.string(), missing: z.string(), freeBytes: z.number() });

/** @throws DrError HARDWARE_NOT_READY naming what is missing, HOST_UNREACHABLE */
export async function probeHardware(
  context: ScriptContext,
  name: string,
): Promise<{ changed: false; freeBytes: number }> {
  const { kind } = hostByName(context.inventory, name);
  const packages = applicationsOn(context.inventory, name).flatMap((application) => application.packages);
  const answer = await withHost(
    context.access,
    name,
    async (host) =>
      await host.bash(`
missing=; for p in ${programs[kind]}; do command -v "$p" >/dev/null || missing="$missing $p"; done
for p in ${[...new Set(packages)].join(' ')}; do dpkg-query -W -f '\${Status}' "$p" 2>/dev/null | grep -q ' installed$' || missing="$missing $p"; done
folder=/srv; [ -d $folder ] || folder=/
printf '{"systemd":"%s","missing":"%s","freeBytes":%s}' "$(systemctl is-system-running || true)" "\${missing# }" "$(df --output=avail -B1 $folder | tail -1 | tr -d ' ')"`),
  );
  const facts = factsSchema.parse(JSON.parse(answer));
  if (facts.missing === '') return { changed: false, freeBytes: facts.freeBytes };
  throw new DrError(
    'HARDWARE_NOT_READY',
    `Su ${name} mancano: ${facts.missing}. / Missing on ${name}.`,
    'Installare i pacchetti elencati in docs/restore.md e ripetere. / Install the packages listed there and run again.',
  );
}

if (import.meta.main) {
  await runScript(
    'Controlla che una macchina di riserva sia pronta. / Checks that a spare machine is ready.',
    { host: { type: 'string', required: true, help: 'macchina / host' } },
    async (context, { host }) => await probeHardware(context, host),
  );
}
