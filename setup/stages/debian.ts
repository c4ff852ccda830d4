/** Debian packages on the machine itself: what makes and joins lab hosts. Daemons live in the hosts' image, never here. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { DrError } from '../../core/errors.ts';
import { tryRun } from '../../platforms/exec.ts';
import { missingPackages } from '../dpkg.ts';
import { runShowing } from '../programs.ts';
import type { Progress, Stage } from '../stage.ts';

const MACHINE =
  'systemd-container mmdebstrap socat iproute2 nftables e2fsprogs util-linux mount openssh-client xz-utils ca-certificates';

/** What a command needs beside the machine's own: tests look at the report in a browser and on paper; benches measure others. */
const forCommand: Readonly<Record<string, string>> = {
  test: 'chromium poppler-utils procps',
  bench: 'python3-venv rsync',
};

/** Debian's own switch: while this file says so, no package starts a service. */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';
const POLICY_TEXT =
  '#!/bin/sh\n# Put here by the set-up of lucca-dr while it installs packages: nothing is started.\nexit 101\n';

/** `command` is the npm script that is set up for. */
export function debianStage(command: string): Stage {
  const packages = `${MACHINE} ${forCommand[command] ?? ''}`.trim().split(' ');
  return {
    id: 'debian',
    titleIt: 'Pacchetti Debian',
    titleEn: 'Debian packages',
    after: [],
    async probe() {
      const missing = await missingPackages(packages);
      return missing.length === 0 && !(await policyIsOurs()) ? describe(packages) : undefined;
    },
    async apply(progress) {
      const missing = await missingPackages(packages);
      await withoutStartingServices(async () => {
        if (missing.length > 0) await install(missing, progress);
      });
      const still = await missingPackages(packages);
      if (still.length > 0) throw notInstalled(still);
      return describe(packages);
    },
  };
}

function describe(packages: readonly string[]): string {
  return `${packages.length} pacchetti / packages`;
}

/** The package lists are fetched only where installing without them did not work. */
async function install(missing: readonly string[], progress: Progress): Promise<void> {
  if (!existsSync('/usr/bin/apt-get')) throw notInstalled(missing);
  progress.note(missing.join(' '));
  const args = ['install', '--yes', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...missing];
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' } };
  try {
    await runShowing(progress, 'apt-get', args, options);
  } catch {
    // One unreachable source of several must not stop the set-up, so the second install decides, not the update.
    await tryRun('apt-get', ['update', '-o', 'DPkg::Lock::Timeout=120'], options);
    try {
      await runShowing(progress, 'apt-get', args, options);
    } catch (error) {
      throw notInstalled(missing, error);
    }
  }
}

async function withoutStartingServices(work: () => Promise<void>): Promise<void> {
  if (!existsSync(SERVICE_POLICY)) writeFileSync(SERVICE_POLICY, POLICY_TEXT, { mode: 0o755 });
  try {
    await work();
  } finally {
    if (await policyIsOurs()) rmSync(SERVICE_POLICY);
  }
}

/** Ours may be there from a set-up that was killed; a policy of the machine's own stays. */
async function policyIsOurs(): Promise<boolean> {
  return existsSync(SERVICE_POLICY) && (await readFile(SERVICE_POLICY, 'utf8')) === POLICY_TEXT;
}

function notInstalled(missing: readonly string[], cause?: unknown): DrError {
  const reason = cause instanceof Error ? ` ${cause.message}` : '';
  return new DrError(
    'DEBIAN_PACKAGES',
    `Mancano pacchetti Debian e non si riesce a installarli. / Debian packages are missing and cannot be installed: ${missing.join(' ')}.${reason}`,
    `Con la rete o un mirror Debian 12: / With the network or a Debian 12 mirror: apt-get update && apt-get install ${missing.join(' ')}`,
    { cause },
  );
}
