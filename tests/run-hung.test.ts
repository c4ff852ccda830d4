/** Work that hangs: people stop it, try it again, leave it out or end the run, whatever it still says and whoever is killed meanwhile. */
import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ChildSettings } from '../bench/small-run/runbook.ts';
import { listText } from '../cli/step-text.ts';
import type { Reply } from '../runbooks/run/command.ts';
import type { RunView } from '../runbooks/view/run-view.ts';
import { addressOf } from './hand.ts';
import { answerTo, RunHarness, type RunningChild } from './run-harness.ts';

const harness = new RunHarness();
beforeAll(async () => await harness.start());
afterAll(async () => await harness.stop());

vi.setConfig({ testTimeout: 300_000 });
const patiently = { timeout: 90_000, interval: 10 };
const why = 'fermo da un quarto d’ora';

/** A run whose step `left` hangs in these attempts. */
class HungRun {
  readonly settings: ChildSettings;
  child: RunningChild;

  constructor(attempts: readonly number[], given: Partial<ChildSettings> = {}) {
    const settings = harness.settings({ workMs: 5, ...given });
    this.settings = { ...settings, hanging: `${settings.directory}.hangs` };
    for (const attempt of attempts) writeFileSync(this.#file(attempt), '');
    this.child = harness.run(this.settings);
  }

  /** The attempt comes back, sooner or later. */
  release(attempt: number): void {
    rmSync(this.#file(attempt));
  }

  #file(attempt: number): string {
    return `${this.settings.hanging}-left-${attempt}`;
  }

  /** Another process, where the one before was killed. */
  async resume(): Promise<this> {
    await this.child.kill();
    this.child = harness.run(this.settings);
    return this;
  }

  async until(step: string, status: string): Promise<void> {
    await this.child.until(step, status);
  }

  async traced(line: string): Promise<void> {
    await vi.waitFor(() => expect(this.child.trace()).toContain(line), patiently);
  }

  async toTheHang(attempt = 1): Promise<this> {
    if (attempt === 1) {
      await this.until('decide', 'waiting');
      expect(await this.child.say(answerTo('decide', 'go'))).toEqual({ ok: true });
    }
    await this.traced(`left hangs ${attempt}`);
    return this;
  }

  async answer(choice: string, attempt = 1, note = why): Promise<Reply | undefined> {
    return await this.child.say(answerTo('left', choice, { attempt, note }));
  }

  async finish(): Promise<void> {
    await this.until('accept', 'waiting');
    await this.until('letter', 'waiting');
    expect(await this.child.say(answerTo('accept', 'done'))).toEqual({ ok: true });
    expect(await this.child.say(answerTo('letter', 'send'))).toEqual({ ok: true });
    expect(await this.child.exit()).toBe(0);
  }

  /** What is on record about `left`, a word each. */
  history(): string[] {
    return this.child.records().flatMap(({ event }) => {
      if (!('step' in event) || event.step !== 'left') return [];
      if (event.type === 'step-started') return [`begins ${event.attempt}`];
      if (event.type === 'step-finished') return [`${event.outcome} ${event.attempt}`];
      return event.type === 'answered' ? [`${event.role}: ${event.choice} ${event.attempt}`] : [event.type];
    });
  }

  notes(): string[] {
    return this.child.records().flatMap(({ event }) => (event.type === 'note' ? [event.textIt] : []));
  }
}

test('tried again: the work is told to stop, a new attempt does it, and the evidence says who wanted it and why', async () => {
  const run = await new HungRun([1]).toTheHang();
  expect(await run.answer('retry')).toEqual({ ok: true });
  await run.traced('left ends 2');
  await run.finish();
  expect(run.history()).toEqual(['begins 1', 'rco: retry 1', 'cut-off 1', 'begins 2', 'done 2']);
  expect(run.child.trace().filter((line) => line.startsWith('left'))).toEqual([
    'left begins 1',
    'left hangs 1',
    'left stops 1',
    'left begins 2',
    'left ends 2',
  ]);
  expect(run.notes()).toEqual([]);
  const stopped = run.child
    .records()
    .find(({ event }) => event.type === 'step-finished' && event.step === 'left');
  expect(stopped?.event).toMatchObject({
    detail: expect.stringMatching(
      new RegExp(
        `^Interrotto da rco: ${why}\\. .*può ancora lavorare.*15 minuti\\. / Stopped by rco: ${why}\\. `,
      ),
    ),
  });
});

test('what the abandoned attempt says late is not taken for what the new one says', async () => {
  const run = await new HungRun([1, 2], { deaf: true, patienceMs: 100 }).toTheHang();
  expect(await run.answer('retry')).toEqual({ ok: true });
  await run.traced('left hangs 2'); // begun although the first is still there
  run.release(1);
  await run.traced('left ends 1');
  expect(await run.child.say(answerTo('letter', 'send'))).toEqual({ ok: true });
  await run.until('letter', 'done'); // said, and heard, after that late end
  expect(run.child.statusOf('left')).toBe('running');
  run.release(2);
  await run.until('accept', 'waiting');
  expect(await run.child.say(answerTo('accept', 'done'))).toEqual({ ok: true });
  expect(await run.child.exit()).toBe(0);
  expect(run.history()).toEqual(['begins 1', 'rco: retry 1', 'cut-off 1', 'begins 2', 'alarm', 'done 2']);
  expect(run.notes()).toEqual([
    'left: il tentativo 1, interrotto, non si è ancora fermato e può lavorare ancora. Ciò che fa non conta più.',
    'left è tornato 2',
  ]);
});

test('tried again and again while nothing stops: one attempt counts, the newest', async () => {
  const run = await new HungRun([1, 2], { deaf: true, patienceMs: 100 }).toTheHang();
  expect(await run.answer('retry')).toEqual({ ok: true });
  await run.toTheHang(2);
  expect(await run.answer('retry', 1)).toMatchObject({ ok: false, code: 'STEP_MOVED_ON' });
  expect(await run.answer('retry', 2)).toEqual({ ok: true });
  await run.traced('left ends 3');
  await run.finish();
  expect(run.history().slice(-3)).toEqual(['cut-off 2', 'begins 3', 'done 3']);
});

test('left out: a reason is asked for, and the run goes on at once', async () => {
  const run = await new HungRun([1], { deaf: true, patienceMs: 100 }).toTheHang();
  const before = run.child.records().length;
  expect(await run.answer('skipped', 1, '')).toMatchObject({ ok: false, code: 'NOTE_NEEDED' });
  expect(await run.answer('done')).toMatchObject({
    ok: false,
    code: 'STEP_RUNNING',
    hint: expect.stringMatching(/prima interromperlo.*failed \(Interrompere/),
  });
  expect(run.child.records()).toHaveLength(before);
  expect(await run.answer('skipped')).toEqual({ ok: true });
  await run.until('accept', 'waiting');
  run.release(1);
  await run.traced('left ends 1');
  await run.finish();
  expect(run.history()).toEqual(['begins 1', 'rco: skipped 1', 'cut-off 1', 'begins 2', 'skipped 2']);
  expect(run.child.statusOf('left')).toBe('skipped');
});

test('stopped, then done by hand: nobody has to say that it was left out', async () => {
  const run = await new HungRun([1]).toTheHang();
  expect(await run.answer('failed')).toEqual({ ok: true });
  await run.until('left', 'failed');
  expect(await run.answer('done', 1, 'fatto con docs/restore.md')).toEqual({ ok: true });
  await run.finish();
  expect(run.history()).toEqual([
    'begins 1',
    'rco: failed 1',
    'failed 1',
    'rco: done 1',
    'begins 2',
    'done 2',
  ]);
});

test('aborted: the work is told to stop, and the program ends by itself', async () => {
  const run = await new HungRun([1]).toTheHang();
  expect(await run.child.say({ type: 'abort', role: 'rco', person: '', why })).toEqual({ ok: true });
  expect(await run.child.exit()).toBe(0);
  expect(run.child.trace()).toContain('left stops 1');
  expect(run.child.progress().finished).toBe('aborted');
});

test.each(['retry', 'skipped'])(
  '%s, said while no process executes the run, is taken when it goes on',
  async (choice) => {
    const run = await new HungRun([1, 2]).toTheHang();
    await run.child.kill();
    expect(await run.child.say(answerTo('left', choice, { note: why }), { seconds: 0.5 })).toBeUndefined();
    await run.resume();
    await run.until('left', choice === 'retry' ? 'done' : 'skipped');
    await run.finish();
    // The next process had begun it again; that was the same try.
    expect(run.history()).toEqual([
      'begins 1',
      'begins 2',
      `rco: ${choice} 2`,
      'cut-off 2',
      'begins 3',
      choice === 'retry' ? 'done 3' : 'skipped 3',
    ]);
  },
);

test.each(['retry', 'skipped'])(
  'killed between the answer %s and its effect: it is not asked for again',
  async (choice) => {
    const run = await new HungRun([1], { deaf: true }).toTheHang();
    const said = run.answer(choice).catch(() => undefined);
    // Nothing is patient here: the new attempt, if there is one, waits for the old one, which does not stop.
    await vi.waitFor(() => expect(run.history()).toContain(`rco: ${choice} 1`), {
      ...patiently,
      interval: 1,
    });
    await run.resume();
    await said;
    await run.finish();
    const [, , ...after] = run.history();
    expect(after).toEqual(
      choice === 'retry'
        ? ['cut-off 1', 'begins 2', 'begins 3', 'done 3']
        : ['cut-off 1', 'begins 2', 'skipped 2'],
    );
    expect(run.child.trace()).not.toContain('left begins 2');
  },
);

test('the page, its view and the terminal offer it: always, and among what is awaited once it takes too long', async () => {
  const page = { port: 0, personFolder: harness.folder };
  const run = new HungRun([1], { timeoutMinutes: 0.03, page });
  const url = await addressOf(run.child);
  await run.toTheHang();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the test judges it
  const shown = async () => (await (await fetch(`${url}view.json`)).json()) as RunView;
  const left = async () => (await shown()).steps.find(({ id }) => id === 'left');
  expect((await left())?.choices).toEqual([
    {
      id: 'retry',
      it: 'Interrompere e riprovare',
      en: 'Stop it and try again',
      needsNote: true,
      interrupts: true,
    },
    { id: 'failed', it: 'Interrompere', en: 'Stop it', needsNote: true, interrupts: true },
    {
      id: 'skipped',
      it: 'Interrompere e saltare',
      en: 'Stop it and skip',
      needsNote: true,
      interrupts: true,
    },
  ]);
  const view = await vi.waitFor(async () => {
    const seen = await shown();
    expect(seen.steps.find(({ id }) => id === 'left')).toMatchObject({ overdue: true });
    expect(seen.alarms.map(({ text }) => text.it)).toContainEqual(
      expect.stringMatching(/^left .*può interrompere: "dr step"\.$/),
    );
    return seen;
  }, patiently);
  const listed = view.steps.filter(({ id }) => id === 'left');
  expect(listText({ runId: 'r', finished: false }, view, listed)).toMatch(
    /OLTRE IL TEMPO.*può ancora lavorare.*→ dr step answer left retry --role rco --note "\.\.\." {3}Interrompere e riprovare.*→ dr step answer left skipped --role rco --note/s,
  );
  const sent = await fetch(`${url}act`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(url).origin },
    body: JSON.stringify({
      type: 'answer',
      step: 'left',
      attempt: 1,
      choice: 'retry',
      role: 'rco',
      name: 'Zefferina Quaratesi',
      note: why,
    }),
  });
  expect(await sent.json()).toEqual({ ok: true });
  await run.traced('left ends 2');
  await run.child.kill();
});
