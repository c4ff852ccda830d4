/**
 * Provisioning of four and of eight desks: ours against a bare script over one ssh connection a host, pyinfra and Ansible, all doing
 * the same ten tasks on machines as they come out of the box, all desks at once.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { desksAt, shortcutLinks } from '../inventory/lookup.ts';
import type { Desk } from '../inventory/schema.ts';
import { withHost } from '../platforms/ssh.ts';
import { restoreDomainOn } from '../scripts/restore-domain.ts';
import { startDomainOn } from '../scripts/start-domain.ts';
import { deskVariables, prepareBare, slug } from './bare.ts';
import { type Comparison, type Contender, compare, type Ratio, type Row, ratio, rowOf } from './compare.ts';
import type { Golden } from './golden.ts';
import { otherTools } from './other-tools.ts';
import { runOnLaptop } from './run-on-laptop.ts';
import { type BenchSite, newHardware, withSite } from './site.ts';

const TARGET = 1.5;
export const DESK_COUNTS = [4, 8] as const;
const OURS = 'dr (provisionSeat)';
const BARE = 'bare script, one ssh a host';
const AGAIN = ', again';

/** Provisions those desks; says whether anything changed, where the tool can tell. */
type Tool = {
  name: string;
  again: boolean;
  once?: boolean;
  provision: (desks: readonly Desk[]) => Promise<boolean | undefined>;
};

export async function benchProvision(
  count: number,
  golden: Golden,
  runs: number,
  onProgress: (text: string) => void,
): Promise<Comparison[]> {
  const bin = await otherTools(onProgress);
  return await withSite('provision', golden, count, async (site) => {
    const bareFolder = prepareBare(site);
    const tools = [
      ours(site),
      bare(site, bareFolder, BARE, 'desk'),
      bare(site, bareFolder, 'of which: join and trust, bare', 'member'),
      pyinfra(site, bin),
      ansible(site, bin, true),
      ansible(site, bin, false),
    ];
    await restoreDomain(site, onProgress);
    const desks = desksAt(site.inventory, 'viareggio');
    const notes: string[] = [];
    const rows = await compare(
      tools.flatMap((tool) => contenders(site, desks, tool, notes)),
      runs,
      onProgress,
    );
    return [
      {
        title: `Provisioning of ${count} desks`,
        notes: [
          'From the start of the program to its end. The controller takes joins one after another: that part is the same for all.',
          'Ansible, which takes minutes, is run once.',
          ...new Set(notes),
        ],
        rows,
        ratios: ratios(rows),
      },
    ];
  });
}

function ratios(rows: readonly Row[]): Ratio[] {
  const mine = rowOf(rows, OURS).medianMs;
  const others = rows.filter(({ name }) => /^(pyinfra|Ansible)/.test(name) && !name.endsWith(AGAIN));
  return [
    ratio(`${OURS} / ${BARE}`, mine / rowOf(rows, BARE).medianMs, { bound: 'at-most', value: TARGET }),
    ...others.map(({ name, medianMs }) => ratio(`${name} / ${OURS}`, medianMs / mine)),
  ];
}

function contenders(site: BenchSite, desks: readonly Desk[], tool: Tool, notes: string[]): Contender[] {
  const first: Contender = {
    name: tool.name,
    prepare: async () => {
      await newHardware(
        site,
        desks.map(({ workstation }) => workstation),
      );
    },
    work: async () => {
      await tool.provision(desks);
      return undefined;
    },
    check: async () => {
      await Promise.all(desks.map((desk) => deskIsThere(site, desk, tool.again)));
    },
    ...(tool.once === true && { once: true }),
  };
  if (!tool.again) return [first];
  const second: Contender = {
    name: `${tool.name}${AGAIN}`,
    prepare: async () => await Promise.resolve(),
    work: async () => {
      const changed = await tool.provision(desks);
      notes.push(`${tool.name}: the second run says ${changed === false ? 'nothing changed' : 'CHANGED'}.`);
      return undefined;
    },
    ...(tool.once === true && { once: true }),
  };
  return [first, second];
}

function ours(site: BenchSite): Tool {
  const program = join(import.meta.dirname, 'provision-desks.ts');
  return {
    name: OURS,
    again: true,
    provision: async (desks) => {
      const answer = await runOnLaptop(site, [process.execPath, program, ...desks.map(({ id }) => id)]);
      return z.object({ changed: z.boolean() }).parse(JSON.parse(answer)).changed;
    },
  };
}

function bare(site: BenchSite, folder: string, name: string, program: 'desk' | 'member'): Tool {
  const script = join(import.meta.dirname, 'bare', 'provision.sh');
  return {
    name,
    again: false,
    provision: async (desks) => {
      await runOnLaptop(site, [
        'bash',
        script,
        folder,
        program,
        ...desks.map(({ workstation }) => workstation),
      ]);
      return undefined;
    },
  };
}

function pyinfra(site: BenchSite, bin: string): Tool {
  const folder = join(import.meta.dirname, 'others', 'pyinfra');
  return {
    name: 'pyinfra',
    again: true,
    provision: async (desks) => {
      const file = join(site.folder, 'pyinfra.json');
      const connection = {
        ssh_user: site.context.access.user,
        ssh_key: site.context.access.privateKeyFile,
        ssh_known_hosts_file: site.knownHostsFile,
        ssh_strict_host_key_checking: 'yes',
      };
      const hosts = desks.map((desk) => [
        desk.workstation,
        {
          ssh_hostname: site.context.access.hosts[desk.workstation]?.address,
          ...connection,
          ...facts(site, desk),
        },
      ]);
      writeFileSync(file, JSON.stringify(Object.fromEntries(hosts)), { mode: 0o600 });
      const said = await runOnLaptop(
        site,
        [
          'bash',
          '-c',
          'exec "$0" "$@" 2>&1',
          join(bin, 'pyinfra'),
          '-y',
          join(folder, 'inventory.py'),
          join(folder, 'deploy.py'),
        ],
        { ...PYTHON, BENCH_DESKS: file },
      );
      return /\] Success/.test(said);
    },
  };
}

function ansible(site: BenchSite, bin: string, pipelining: boolean): Tool {
  return {
    name: `Ansible, ${pipelining ? 'with' : 'without'} pipelining`,
    again: pipelining,
    once: true,
    provision: async (desks) => {
      const file = join(site.folder, 'ansible.json');
      const hosts = Object.fromEntries(desks.map((desk) => [desk.workstation, facts(site, desk)]));
      const shared = { ansible_python_interpreter: '/usr/bin/python3' };
      writeFileSync(file, JSON.stringify({ desks: { hosts, vars: shared } }), { mode: 0o600 });
      // The path of a socket may have 107 characters.
      const sockets = mkdtempSync(join(tmpdir(), 'dr-b-'));
      try {
        const playbook = join(import.meta.dirname, 'others', 'ansible', 'playbook.yml');
        const said = await runOnLaptop(site, [join(bin, 'ansible-playbook'), '-i', file, playbook], {
          ...PYTHON,
          ANSIBLE_HOME: join(site.folder, 'ansible'),
          ANSIBLE_PIPELINING: String(pipelining),
          ANSIBLE_FORKS: '20',
          ANSIBLE_SSH_ARGS: `-F ${site.sshConfig} -o ControlMaster=auto -o ControlPersist=5s`,
          ANSIBLE_SSH_CONTROL_PATH_DIR: sockets,
        });
        return /changed=[1-9]/.test(said);
      } finally {
        rmSync(sockets, { recursive: true, force: true });
      }
    },
  };
}

const PYTHON = { LC_ALL: 'C.UTF-8', PYTHONDONTWRITEBYTECODE: '' };

/** The variables of playbook and deploy. */
function facts(site: BenchSite, desk: Desk): Record<string, unknown> {
  const { SHORTCUTS: _, ...variables } = deskVariables(site, desk);
  const shortcuts = shortcutLinks(site.inventory).map(({ name, url }) => ({ slug: slug(name), name, url }));
  return { ...variables, shortcuts };
}

async function restoreDomain(site: BenchSite, onProgress: (text: string) => void): Promise<void> {
  const { label, snapshotId } = site.golden;
  onProgress('restoring the domain that the desks join');
  await site.lab.plugCassette(label, site.fileServer);
  await restoreDomainOn(site.context, {
    host: site.controller,
    cassetteHost: site.fileServer,
    label,
    snapshot: snapshotId,
  });
  await startDomainOn(site.context, { host: site.controller, snapshot: snapshotId });
}

/** @throws Error naming what the desk lacks */
async function deskIsThere(site: BenchSite, desk: Desk, whole: boolean): Promise<void> {
  const { SHORTCUTS, PRINTER_NAME, PRINTER_URI } = deskVariables(site, desk);
  const wanted = [
    'wbinfo -t >/dev/null',
    ...(whole
      ? [
          'systemctl is-active --quiet winbind && systemctl is-active --quiet cups && systemctl is-active --quiet pcscd.socket',
          `[ "$(find /usr/share/applications -name 'infocamere-*.desktop' | wc -l)" = ${SHORTCUTS?.split('\n').length} ]`,
          `lpstat -v '${PRINTER_NAME}' | grep -qF ': ${PRINTER_URI}'`,
          'test -x /usr/local/bin/office-share -a -r /etc/profile.d/office-share.sh',
          'grep -q pam_mkhomedir /etc/pam.d/common-session',
        ]
      : []),
  ];
  await withHost(site.context.access, desk.workstation, async (host) => {
    for (const condition of wanted) {
      const outcome = await host.try(condition);
      if (outcome.exitCode !== 0)
        throw new Error(`${desk.workstation}: ${condition}: ${outcome.stdout}${outcome.stderr}`);
    }
  });
}
