/** What a user of an application does, over HTTP, from the desk where the user would sit. */
import { randomBytes } from 'node:crypto';
import { monotonicMs } from '../../../core/time.ts';
import type { Application, DialogueRequest as Request } from '../../../inventory/schema-applications.ts';
import { NoConnection, type RemoteHost } from '../../ssh.ts';
import { type Answer, ask, type Connect } from './http.ts';
import { connectionLost, type DialogueStep, noAnswer, nothingListens, wrongAnswer } from './sentences.ts';
import { fill, fillBody, fillPath } from './template.ts';

export type DialogueOutcome = {
  step: DialogueStep;
  outcome: 'PASS' | 'FAIL' | 'NOT VERIFIABLE';
  /** A sentence that names the request and the answer, never a secret. */
  evidence: string;
};
export type DialogueRequest = Pick<Application, 'account' | 'health' | 'dialogue'> & {
  /** `http://address:port` */
  url: string;
  password: string;
};

const TIMEOUT_MS = 20_000;
const SECRET_LENGTH = 8;
const PUBLIC = ['account', 'stamp'];

/** Asks for health, then logs on, reads and writes; what follows a failure could not be checked. */
export async function runDialogue(host: RemoteHost, request: DialogueRequest): Promise<DialogueOutcome[]> {
  const { hostname, port } = new URL(request.url);
  return await holdDialogue(async () => await host.openTcp(hostname, Number(port) || 80), request);
}

/** {@link runDialogue} over connections that `connect` makes; no answer within `timeoutMs` is a failure. */
export async function holdDialogue(
  connect: Connect,
  { url, account, password, health, dialogue }: DialogueRequest,
  timeoutMs = TIMEOUT_MS,
): Promise<DialogueOutcome[]> {
  const stamp = `dr-${randomBytes(6).toString('hex')}`;
  const talk = new Talk(connect, url, new Map(Object.entries({ account, password, stamp })), timeoutMs);
  const { path, ...expect } = health;
  const steps: [DialogueStep, Request[]][] = [
    ['health', [{ method: 'GET', path, expect }]],
    ['log-on', dialogue.logOn],
    ['read', dialogue.read],
    ['write', dialogue.write],
  ];
  const outcomes: DialogueOutcome[] = [];
  for (const [step, requests] of steps) {
    const failed = outcomes.find(({ outcome }) => outcome !== 'PASS');
    outcomes.push(
      failed === undefined
        ? await talk.take(step, requests)
        : { step, outcome: 'NOT VERIFIABLE', evidence: `non provato: manca "${failed.step}" / not tried` },
    );
  }
  return outcomes;
}

/** The answer was not what the inventory expects. */
class Wrong extends Error {}

/** What is remembered between requests: values and cookies. */
class Talk {
  readonly #connect: Connect;
  readonly #url: string;
  readonly #values: Map<string, string>;
  readonly #cookies = new Map<string, string>();
  readonly #timeoutMs: number;

  constructor(connect: Connect, url: string, values: Map<string, string>, timeoutMs: number) {
    this.#connect = connect;
    this.#url = url;
    this.#values = values;
    this.#timeoutMs = timeoutMs;
  }

  async take(step: DialogueStep, requests: readonly Request[]): Promise<DialogueOutcome> {
    const started = monotonicMs();
    try {
      for (const request of requests) await this.#request(step, request);
      const last = requests
        .map(({ method, path, expect }) => `${method} ${path} ${expect.status}`)
        .join(', ');
      return {
        step,
        outcome: 'PASS',
        evidence: `${this.#url}: ${last} (${Math.round(monotonicMs() - started)} ms)`,
      };
    } catch (error) {
      const outcome = error instanceof Wrong ? 'FAIL' : 'NOT VERIFIABLE';
      return { step, outcome, evidence: this.#withoutSecrets(error) };
    }
  }

  async #request(step: DialogueStep, request: Request): Promise<void> {
    const { method, path, expect, capture = {} } = request;
    const named = `${method} ${this.#url}${path}`;
    const headers = this.#headers(request);
    const question = {
      method,
      url: new URL(fillPath(path, this.#values), this.#url),
      headers,
      body: fillBody(request.body ?? '', this.#values, headers['content-type'] ?? ''),
    };
    const contains = expect.contains === undefined ? undefined : fill(expect.contains, this.#values);
    const answer = await this.#answer(named, question);
    const wrong = wrongAnswer({ step, named, url: question.url, expected: { ...expect, contains } }, answer);
    if (wrong !== undefined) throw new Wrong(wrong);
    this.#keepCookies(answer);
    for (const [name, pattern] of Object.entries(capture)) {
      const value = new RegExp(pattern)
        .exec(answer.body)
        ?.slice(1)
        .find((group) => group !== undefined);
      if (value === undefined)
        throw new Wrong(`${named}: la risposta non dà "${name}" / the answer does not give it`);
      this.#values.set(name, value);
    }
  }

  #headers({ headers = {} }: Request): Record<string, string> {
    const cookies = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const filled = Object.entries(headers).map(([name, text]) => [
      name.toLowerCase(),
      fill(text, this.#values),
    ]);
    return { ...(cookies && { cookie: cookies }), ...Object.fromEntries(filled) };
  }

  async #answer(named: string, question: Parameters<typeof ask>[1]): Promise<Answer> {
    const signal = AbortSignal.timeout(this.#timeoutMs);
    let connected = false;
    const connect: Connect = async () => {
      const socket = await this.#connect();
      connected = true;
      return socket;
    };
    try {
      return await ask(connect, question, signal);
    } catch (error) {
      if (error instanceof NoConnection) throw new Wrong(nothingListens(named, error.message));
      if (signal.aborted) throw new Wrong(noAnswer(named, this.#timeoutMs / 1000));
      if (connected) throw new Wrong(connectionLost(named, error instanceof Error ? error.message : ''));
      throw error;
    }
  }

  #keepCookies({ headers }: Answer): void {
    for (const cookie of headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=;]+)=([^;]*)/.exec(cookie) ?? [];
      if (name !== undefined && value !== undefined) this.#cookies.set(name, value);
    }
  }

  /** An answer may repeat the password or a session; what is shorter is a number. */
  #withoutSecrets(error: unknown): string {
    const said = error instanceof Error ? error.message : String(error);
    const secrets = [...this.#values].filter(
      ([name, value]) => name === 'password' || (value.length >= SECRET_LENGTH && !PUBLIC.includes(name)),
    );
    return secrets.reduce((text, [name, value]) => text.replaceAll(value, `\${${name}}`), said);
  }
}
