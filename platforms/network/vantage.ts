/** What one vantage point, a host or the operator's laptop, sees of other machines; and whether it could look at all. */
import { readFile } from 'node:fs/promises';
import { toErrorRecord } from '../../core/errors.ts';
import type { Access } from '../access.ts';
import { run } from '../exec.ts';
import { probeBash } from '../remote.ts';
import { RemoteHost, shellQuote } from '../ssh.ts';

/**
 * `refusal`: the machine is on and refuses connections. `srv`: a DNS record still names it as a controller. `way`: it is no server, and
 * was reached.
 */
export const signs = ['dns', 'srv', 'kerberos', 'ldap', 'smb', 'ssh', 'ping', 'refusal', 'way'] as const;
export type Sign = (typeof signs)[number];
export type Answer = { host: string; service: Sign };
/** "Looked and nobody answered" is one thing, "could not look" is another and proves nothing. */
export type Look = { from: string } & (
  | { looked: true; answers: Answer[] }
  | { looked: false; reason: string }
);

export type Question = {
  gateway: string;
  /** Other machines at the vantage point's own site; one of them must be reached. */
  neighbours: readonly string[];
  targets: readonly { name: string; address: string }[];
  /** Machines there that are no servers: reached, they show that a way leads to that network. */
  landmarks: readonly { name: string; address: string }[];
  ports: Partial<Record<Sign, number>>;
  /** Whether a machine that is on and serves nothing counts as an answer. */
  presence: boolean;
  dnsDomain: string;
  waitSeconds: number;
};

export const LAPTOP = 'laptop';
const CONNECT_MS = 6_000;
const program = new URL('look.sh', import.meta.url);

/** Looks from a host. It can't throw: a host that is off could not look. */
export async function lookFromHost(access: Access, from: string, question: Question): Promise<Look> {
  return await look(from, async () => {
    await using host = await RemoteHost.connect(access, from, CONNECT_MS);
    return await probeBash(host, program, { parameters: parametersOf(question) });
  });
}

/** Looks from the machine that this program runs on. It can't throw. */
export async function lookFromLaptop(access: Access, question: Question): Promise<Look> {
  return await look(LAPTOP, async () => {
    const [command, ...args] = [...(access.laptopCommand ?? []), 'bash', '-s'] as const;
    const exports = Object.entries(parametersOf(question)).map(
      ([name, value]) => `export ${name}=${shellQuote(String(value))}\n`,
    );
    const text = await readFile(program, 'utf8');
    return await run(command, args, {
      stdin: 'pipe',
      ...(access.signal && { cancelSignal: access.signal }),
      input: `${exports.join('')}set -euo pipefail\n${text}`,
    });
  });
}

async function look(from: string, work: () => Promise<string>): Promise<Look> {
  try {
    return read(from, await work());
  } catch (error) {
    return { from, looked: false, reason: toErrorRecord(error).message };
  }
}

/** Who reaches neither its own gateway nor a neighbour stares at an unplugged cable, not at a silent Lucca. */
function read(from: string, text: string): Look {
  const lines = text.split('\n').map((line) => line.split(' '));
  const said = (word: string): boolean => lines.some(([first]) => first === word);
  const blind = [
    ...(said('gateway') ? [] : ['il gateway della sua sede / the gateway of its site']),
    ...(said('neighbour') ? [] : ["un'altra macchina della sua sede / another machine of its site"]),
  ];
  if (blind.length > 0) {
    return { from, looked: false, reason: `Non raggiunge ${blind.join(', ')}. / It does not reach that.` };
  }
  const answers = lines.flatMap(([word, host = '', sign]): Answer[] => {
    const service = signs.find((known) => known === sign);
    return word === 'answer' && service !== undefined ? [{ host, service }] : [];
  });
  const distinct = new Map(answers.map((answer) => [`${answer.host} ${answer.service}`, answer]));
  return { from, looked: true, answers: [...distinct.values()] };
}

function parametersOf(question: Question): Record<string, string | number | boolean> {
  return {
    GATEWAY: question.gateway,
    NEIGHBOURS: question.neighbours.join(' '),
    TARGETS: question.targets.map(({ name, address }) => `${name}=${address}`).join(' '),
    LANDMARKS: question.landmarks.map(({ name, address }) => `${name}=${address}`).join(' '),
    PORTS: Object.entries(question.ports)
      .map(([service, port]) => `${service}=${port}`)
      .join(' '),
    PRESENCE: question.presence,
    DNS_DOMAIN: question.dnsDomain,
    WAIT: question.waitSeconds,
  };
}
