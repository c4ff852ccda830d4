/** Checks of what people may and may not do, tried with real log-ons from a workstation. */
import { Buffer } from 'node:buffer';
import { z } from 'zod';
import { type Check, type CheckTitle, judge, runCheck } from '../../core/check.ts';
import { probeBash } from '../remote.ts';
import type { RemoteHost } from '../ssh.ts';
import { CANARY_NAME, canaryText } from './canary.ts';

export type AccessExpectations = {
  realm: string;
  /** FQDN of the file server. */
  server: string;
  password: string;
  /** Each office: its account, its share, an account of another office that has no right there. */
  offices: readonly { account: string; share: string; stranger: string }[];
  /** Accounts that a deny entry keeps out of a folder. */
  denials: readonly { account: string; share: string; path: string }[];
};

type Probe = { id: string; account: string; verb: 'read' | 'list' | 'write'; share: string; path: string };
/** What the same account is to write on the same share, in one log-on with it. */
type Asked = Probe & { write?: Pick<Probe, 'id' | 'path'> };
const answerSchema = z.strictObject({ id: z.string(), ok: z.boolean(), said: z.string() });
type Answer = z.infer<typeof answerSchema>;

const DENIED = /NT_STATUS_ACCESS_DENIED/;

/** Tries everything in one session on `host`. */
export async function verifyAccess(host: RemoteHost, expected: AccessExpectations): Promise<Check[]> {
  const probes = probesOf(expected);
  const asked = probeBash(host, new URL('access-probe.sh', import.meta.url), {
    parameters: {
      REALM: expected.realm,
      SERVER: expected.server,
      PROBES: JSON.stringify(inFewLogOns(probes)),
    },
    secret: expected.password,
  }).then(
    (text) =>
      new Map(
        text
          .trim()
          .split('\n')
          .map((line) => entry(line)),
      ),
  );
  asked.catch(() => undefined);
  const about = (
    title: CheckTitle,
    prefix: string,
    wrongOf: (probe: Probe, answer: Answer | undefined) => string | undefined,
    good: string,
  ) =>
    runCheck(title, async () => {
      const answers = await asked;
      const tried = probes.filter(({ id }) => id.startsWith(prefix));
      if (tried.length === 0)
        throw new Error("Niente da provare secondo l'inventario. / Nothing to try in the inventory.");
      const wrong = tried
        .map((probe) => wrongOf(probe, answers.get(probe.id)))
        .filter((text) => text !== undefined);
      return judge(wrong, `${tried.length} ${good}`);
    });
  return await Promise.all([
    about(
      {
        id: 'access.canaries',
        titleIt: 'Canarini letti dagli uffici',
        titleEn: 'Canary files read by their offices',
      },
      'canary',
      wrongCanary,
      'canarini integri / canaries whole',
    ),
    about(
      {
        id: 'access.denied-read',
        titleIt: 'Lettura negata a chi non ha diritto',
        titleEn: 'Reading denied to those without rights',
      },
      'denied',
      notDenied,
      'accessi respinti / refused',
    ),
    about(
      { id: 'access.write', titleIt: 'Scrittura consentita', titleEn: 'Writing allowed' },
      'write',
      notDone,
      'scritture riuscite / written',
    ),
  ]);
}

function probesOf({ offices, denials }: AccessExpectations): Probe[] {
  return [
    ...offices.flatMap(({ account, share, stranger }, index): Probe[] => [
      { id: `canary-${index}`, account, verb: 'read', share, path: CANARY_NAME },
      { id: `denied-${index}`, account: stranger, verb: 'read', share, path: CANARY_NAME },
      { id: `write-${index}`, account, verb: 'write', share, path: `prova-dr-${index}.tmp` },
    ]),
    ...denials.map(
      ({ account, share, path }, index): Probe => ({
        id: `denied-ace-${index}`,
        account,
        verb: 'list',
        share,
        path,
      }),
    ),
  ];
}

function inFewLogOns(probes: readonly Probe[]): Asked[] {
  const writtenWith = ({ verb, account, share }: Probe): Probe | undefined =>
    verb === 'read'
      ? probes.find((one) => one.verb === 'write' && one.account === account && one.share === share)
      : undefined;
  const joined = new Set(probes.map(writtenWith));
  return probes
    .filter((probe) => !joined.has(probe))
    .map((probe) => {
      const write = writtenWith(probe);
      return write === undefined ? probe : { ...probe, write: { id: write.id, path: write.path } };
    });
}

function entry(line: string): [string, Answer] {
  const answer = answerSchema.parse(JSON.parse(line));
  return [answer.id, answer];
}

function wrongCanary(probe: Probe, answer: Answer | undefined): string | undefined {
  const failed = notDone(probe, answer);
  if (failed !== undefined || answer === undefined) return failed;
  const text = Buffer.from(answer.said, 'base64').toString('utf8');
  return text === canaryText(probe.share)
    ? undefined
    : `${probe.share}/${probe.path}: contenuto alterato / content altered`;
}

function notDone(probe: Probe, answer: Answer | undefined): string | undefined {
  return answer?.ok === true
    ? undefined
    : `${probe.account} su/on ${probe.share}/${probe.path}: ${answer?.said ?? 'non provato / not tried'}`;
}

function notDenied(probe: Probe, answer: Answer | undefined): string | undefined {
  if (answer !== undefined && !answer.ok && DENIED.test(answer.said)) return undefined;
  return `${probe.account} su/on ${probe.share}/${probe.path}: ${answer?.ok === true ? 'ha potuto leggere / could read' : (answer?.said ?? 'non provato / not tried')}`;
}
