/** The scheduled job on one machine: put there, looked at, taken away. What it consists of is in schedule-units.ts. */
import { z } from 'zod';
import { DrError } from '../../core/errors.ts';
import type { Tree } from '../inventory-tree.ts';
import { applyBash, probeBash } from '../remote.ts';
import { type RemoteHost, shellQuote } from '../ssh.ts';
import { cronLines, type Job, jobPlaces, unitFiles, unitNames } from './schedule-units.ts';

const program = (name: string): URL => new URL(`schedule-${name}.sh`, import.meta.url);
const changedSchema = z.strictObject({ changed: z.boolean() });
const probeSchema = z.strictObject({ systemd: z.boolean(), busy: z.boolean(), inventory: z.string() });

export type Installation = {
  job: Job;
  inventory: Tree;
  /** Puts the program into that folder of the host; false where it was there. */
  sendTool: (host: RemoteHost, folder: string) => Promise<boolean>;
  /** By name, as in the secrets folder. */
  secrets: Record<string, string>;
};

/**
 * Installs the job and starts its timers; what is there already stays as it is.
 * @throws DrError SCHEDULE_NO_SYSTEMD (nothing was changed), SCHEDULE_BUSY, REMOTE_FAILED
 */
export async function installJob(
  host: RemoteHost,
  { job, inventory, sendTool, secrets }: Installation,
): Promise<{ changed: boolean }> {
  const there = await probe(host);
  if (!there.systemd) throw noSystemd(host.name, job);
  if (there.busy) throw busy(host.name);
  const changes = [await writeFiles(host, job)];
  for (const [name, secret] of Object.entries(secrets))
    changes.push(await apply(host, 'secret', { FILE: `${jobPlaces.settings}/secrets/${name}` }, secret));
  if (there.inventory !== inventory.digest) {
    await putInventory(host, inventory);
    changes.push(true);
  }
  changes.push(await sendTool(host, jobPlaces.tool));
  const TIMERS = `${unitNames.verifyTimer} ${unitNames.watchTimer}`;
  return { changed: await apply(host, 'start', { TIMERS, CHANGED: changes.includes(true) }) };
}

/** Takes everything away, the history of verifications too. */
export async function removeJob(host: RemoteHost): Promise<{ changed: boolean }> {
  const { tool, settings, state, cache, user } = jobPlaces;
  // Timers first, so that nothing is started meanwhile.
  const UNITS = Object.values(unitNames)
    .toSorted((one, other) => Number(other.endsWith('.timer')) - Number(one.endsWith('.timer')))
    .join(' ');
  const names = { UNITS, TOOL: tool, SETTINGS: settings, STATE: state, CACHE: cache, USER_NAME: user };
  return { changed: await apply(host, 'remove', names) };
}

const unitStatusSchema = z.strictObject({
  /** `active` where it waits for the next time. */
  timer: z.string(),
  nextUtc: z.string(),
  lastStartUtc: z.string(),
  service: z.string(),
  /** `success`, `exit-code`, `timeout` ... of the last run. */
  result: z.string(),
});
const statusSchema = z.strictObject({
  installed: z.boolean(),
  verify: unitStatusSchema,
  watch: unitStatusSchema,
});
export type JobStatus = z.infer<typeof statusSchema>;

export async function jobStatus(host: RemoteHost): Promise<JobStatus> {
  const { verify, verifyTimer, watch, watchTimer } = unitNames;
  const parameters = {
    TOOL: jobPlaces.tool,
    VERIFY: verify,
    VERIFY_TIMER: verifyTimer,
    WATCH: watch,
    WATCH_TIMER: watchTimer,
  };
  return statusSchema.parse(JSON.parse(await probeBash(host, program('status'), { parameters })));
}

async function probe(host: RemoteHost): Promise<z.infer<typeof probeSchema>> {
  const parameters = { SETTINGS: jobPlaces.settings, LOCK: `${jobPlaces.state}/verify.lock` };
  return probeSchema.parse(JSON.parse(await probeBash(host, program('probe'), { parameters })));
}

async function writeFiles(host: RemoteHost, job: Job): Promise<boolean> {
  const units = Object.entries(unitFiles(job));
  const texts = Object.fromEntries(units.map(([, text], index) => [`UNIT_${index + 1}`, text.trimEnd()]));
  return await apply(host, 'install', {
    USER_NAME: jobPlaces.user,
    SETTINGS: jobPlaces.settings,
    STATE: jobPlaces.state,
    ACCESS: accessText(host.name),
    UNITS: units.map(([name]) => name).join(' '),
    ...texts,
  });
}

/** The job reaches this machine only, without a connection; the two files are named because the form asks for them. */
function accessText(name: string): string {
  return JSON.stringify({
    privateKeyFile: '/dev/null',
    knownHostsFile: '/dev/null',
    hosts: { [name]: { address: '127.0.0.1', local: true } },
  });
}

async function apply(
  host: RemoteHost,
  name: string,
  parameters: Record<string, string | boolean>,
  secret?: string,
): Promise<boolean> {
  const options = { parameters, ...(secret !== undefined && { secret }) };
  return changedSchema.parse(JSON.parse(await applyBash(host, program(name), options))).changed;
}

/** Whole or not there; the job's user may read it. */
async function putInventory(host: RemoteHost, { digest, pack }: Tree): Promise<void> {
  const target = `${jobPlaces.settings}/inventory`;
  const { exitCode, stderr } = await host.try(
    `TARGET=${target} DIGEST=${digest} GROUP=${jobPlaces.user} bash -c ${shellQuote(PUT_TREE)}`,
    { stdin: await pack() },
  );
  if (exitCode === 0) return;
  throw new DrError(
    'REMOTE_FAILED',
    `${host.name}: ${target}: ${stderr.trim()}`,
    'Liberare spazio e ripetere: ciò che era fatto non si rifà. / Make room and run again: what was done is not done again.',
  );
}

const PUT_TREE = `set -euo pipefail
umask 027
rm -rf "$TARGET.new" "$TARGET.old"
mkdir -p "$TARGET.new"
tar --extract --no-same-owner --directory="$TARGET.new"
printf %s "$DIGEST" >"$TARGET.new/.digest"
chgrp -R "$GROUP" "$TARGET.new"
chmod -R u=rwX,g=rX,o= "$TARGET.new"
[ ! -e "$TARGET" ] || mv "$TARGET" "$TARGET.old"
mv "$TARGET.new" "$TARGET"
rm -rf "$TARGET.old"`;

function busy(name: string): DrError {
  return new DrError(
    'SCHEDULE_BUSY',
    `Su ${name} è in corso una verifica, e il programma non si sostituisce sotto di essa. / A verification is running there, and its program is not replaced under it.`,
    `Attendere che finisca e ripetere, oppure fermarla: systemctl stop ${unitNames.verify} / Wait for it to end and run again, or stop it with that command.`,
  );
}

function noSystemd(name: string, job: Job): DrError {
  return new DrError(
    'SCHEDULE_NO_SYSTEMD',
    `${name} non usa systemd: nulla è stato installato. / That machine does not run systemd: nothing was installed.`,
    `Copiarvi il programma in ${jobPlaces.tool}, inventario e segreti come in docs/schedule.md, e scrivere in /etc/cron.d/lucca-dr: / Copy the program there, inventory and secrets as in docs/schedule.md, and put into /etc/cron.d/lucca-dr:\n${cronLines(job)}`,
  );
}
