/** What a run knows goes into its letters, its page and its report: the scenario that people chose, who decided when, what is missing. */
import { describe, expect, test } from 'vitest';
import { inventoryFolder } from '../inventory/load.ts';
import { runTitle } from '../report/texts.ts';
import { foldRun } from '../runbooks/clock/clock.ts';
import { disasterRunbook } from '../runbooks/plan/runbooks.ts';
import { letterView } from '../runbooks/works/mailroom.ts';
import { soundInventory } from './inventory-copy.ts';
import { disaster, RunModel } from './run-model.ts';

const { inventory } = await soundInventory();
const runbook = disasterRunbook();
const decisions: Record<string, string> = {
  '6.1-escalation': 'escalate',
  '6.1.1': 'declare',
  '6.1.1-scenario': 'D1',
  '6.1.10': 'secondary-site',
  '6.3.2': 'less',
};

/** A disaster begun as D1 in which all is answered until `last` waits, an hour for each answer, without notes but those given. */
function upTo(last: string, given: { choices?: Record<string, string>; notes?: Record<string, string> }) {
  const model = new RunModel(runbook, disaster);
  const choices = { ...decisions, ...given.choices };
  const open = () => model.settle().with('waiting');
  for (let waits = open(); !waits.includes(last); waits = open()) {
    const [id] = waits.filter((one) => one !== last);
    if (id === undefined) throw new Error(`${last} is never asked for`);
    answer(model, id, choices[id], given.notes?.[id]);
    if (id === '6.2.4-hardware') model.write([snapshot]);
  }
  return model;
}

function answer(model: RunModel, id: string, choice: string | undefined, note = ''): void {
  const plain = model.step(id).kind === 'notify' ? 'send' : 'done';
  model.pass(3_600_000).answer(id, choice ?? plain, { note, atUtc: model.clock().atUtc });
}

const snapshot = {
  type: 'cassette',
  label: 'LUCCA-A',
  serial: 'S1',
  repositoryId: 'r1',
  snapshotId: 'a1b2c3d4',
  snapshotAtUtc: '2026-11-22T21:30:00.000Z',
  site: 'viareggio',
  sizeBytes: 1,
} as const;

function letter(model: RunModel, id: string): string {
  const step = model.step(id);
  if (step.kind !== 'notify') throw new Error(`${id} is no letter`);
  const surroundings = {
    inventory,
    inventoryFolder: inventoryFolder(),
    runId: 'run-model',
    kind: 'restore',
    rtoTargetSeconds: 72 * 3600,
  } as const;
  return letterView(step, surroundings, model.progress).text;
}

/** In the page's head, in the report and in its title; and as letters name it. */
function scenarioIn(model: RunModel): unknown[] {
  const run = foldRun(model.records);
  const [named] = /Scenario D\d/.exec(letter(model, '6.1.4')) ?? [];
  return [run.scenario, runTitle(run).it.match(/D\d/)?.[0], named?.slice(-2)];
}
const all = (scenario: string) => [scenario, scenario, scenario];

describe('the scenario', () => {
  test('is the first guess until it is answered, and no letter that names it waits before', () => {
    const model = upTo('6.1.1-scenario', {});
    answer(model, '6.1.2', 'done');
    expect([model.of('6.1.3').status, model.of('6.1.4').status]).toEqual(['blocked', 'blocked']);
    expect(scenarioIn(model)).toEqual(all('D1'));
    answer(model, '6.1.1-scenario', 'failed', 'non si sa');
    expect(scenarioIn(model)).toEqual(all('D1'));
  });

  test.each([
    ['D2', 'D2', 'non sono utilizzabili'],
    ['D3', 'D3', 'utilizzabili solo in parte'],
    ['D3-malware', 'D3', 'utilizzabili solo in parte'],
  ])('once answered %s is %s everywhere, whatever the run began with', (choice, scenario, said) => {
    const model = upTo('6.1.3', { choices: { '6.1.1-scenario': choice } });
    expect(scenarioIn(model)).toEqual(all(scenario));
    for (const id of ['6.1.3', '6.1.4']) {
      expect(letter(model, id)).toContain(said);
      expect(letter(model, id)).not.toMatch(/non è utilizzabile|D1/);
    }
  });

  test('can be corrected after the letters that told it, and the letters to come tell the new one', () => {
    const model = upTo('6.1.10', { choices: { '6.1.1-scenario': 'D3' } });
    expect([model.of('6.1.3').status, model.of('6.1.4').status]).toEqual(['done', 'done']);
    model.takeBack('6.1.1-scenario');
    expect(scenarioIn(model)).toEqual(all('D1'));
    answer(model, '6.1.1-scenario', 'D2');
    expect(scenarioIn(model)).toEqual(all('D2'));
    expect([model.of('6.1.3').status, model.of('6.1.4').status]).toEqual(['done', 'done']);
    answer(model, '6.1.10', 'secondary-site');
    expect(letter(model, '6.1.11')).toContain('non sono utilizzabili');
  });

  test('is held by a letter that may have left or not, until that is settled', () => {
    const model = upTo('6.1.3', { choices: { '6.1.1-scenario': 'D3' } });
    model.answer('6.1.3', 'send');
    model.end('6.1.3#1', 'failed');
    expect(() => model.takeBack('6.1.1-scenario')).toThrowError(
      expect.objectContaining({ code: 'ANSWER_IN_USE' }),
    );
    answer(model, '6.1.3', 'skipped', 'detto al telefono');
    model.takeBack('6.1.1-scenario');
    expect(model.with('waiting')).toContain('6.1.1-scenario');
  });

  test('corrected before the letters leave, they are shown anew', () => {
    const model = upTo('6.1.3', { choices: { '6.1.1-scenario': 'D3' } });
    model.takeBack('6.1.1-scenario');
    expect(model.of('6.1.3').status).toBe('blocked');
    answer(model, '6.1.1-scenario', 'D2');
    expect(model.of('6.1.3')).toMatchObject({ status: 'waiting', attempt: 2 });
    expect(letter(model, '6.1.3')).toContain('Scenario D2');
  });
});

describe('facts of the run', () => {
  test('the crisis was declared when 6.1.1 says so; later letters name the decision of 6.1.10', () => {
    const model = upTo('6.1.11', {});
    const hourOf = (id: string) => `ore ${hour(model.of(id).answer?.atUtc ?? '')} `;
    expect(hourOf('6.1.1')).not.toBe(hourOf('6.1.10'));
    for (const id of ['6.1.3', '6.1.4']) {
      expect(letter(model, id)).toContain(`${hourOf('6.1.1')}è stato dichiarato lo stato di crisi`);
      expect(letter(model, id)).not.toContain(hourOf('6.1.10'));
    }
    expect(letter(model, '6.1.11')).toContain(`${hourOf('6.1.10')}è stata attivata la sede alternativa`);
  });

  test('the server is promised for the activation and the RTO', () => {
    const model = upTo('6.2.4-progress', {});
    const activation = model.progress.milestones.get('activation')?.atUtc ?? '';
    const promised = new Date(Date.parse(activation) + 72 * 3_600_000).toISOString();
    expect(letter(model, '6.2.4-progress')).toMatch(
      new RegExp(
        `previsto entro .* ${Number(promised.slice(8, 10))} novembre 2026 alle ore ${hour(promised)}`,
      ),
    );
  });

  test('another solution than Viareggio: no letter speaks of it', () => {
    const model = upTo('6.3.1', {
      choices: { '6.1.1-scenario': 'D2', '6.1.10': 'primary-site' },
      notes: { '6.1.10-other-room': 'manca la stampante' },
    });
    expect(letter(model, '6.2.2')).toContain('si è scelto di non attivare il sito secondario');
    expect(letter(model, '6.3.1')).toContain('- manca la stampante');
    expect(letter(model, '6.3.1')).not.toContain('Viareggio');
  });

  test('where the committee meets, as the place was announced', () => {
    const place = 'sede di Viareggio, sala riunioni,\nore 11';
    expect(letter(upTo('6.1.3', { notes: { '6.1.2': place } }), '6.1.3')).toContain(
      'Luogo e ora: sede di Viareggio, sala riunioni, ore 11\n',
    );
    const skipped = { choices: { '6.1.2': 'skipped' }, notes: { '6.1.2': 'lo fa un altro' } };
    for (const model of [upTo('6.1.3', {}), upTo('6.1.3', skipped)])
      expect(letter(model, '6.1.3')).toContain("la sede scelta è comunicata dall'Ufficio tecnico");
  });

  test('6.3: since when data are missing, and what users found', () => {
    const model = upTo('6.3.3', { notes: { '6.2.4-accepted': 'nessuna stampa a colori\nposta da ieri' } });
    for (const id of ['6.3.1', '6.3.1-staff', '6.3.3']) {
      const text = letter(model, id);
      expect(text).toMatch(/ sono quelli di domenica 22 novembre 2026 alle ore 22:30, .* scritto dopo\n/);
      expect(text).toContain('- nessuna stampa a colori\n- posta da ieri\n');
      expect(text).not.toContain('in corso di rilevazione');
    }
  });

  test('the staff goes to Viareggio before the server is back: by when it is promised', () => {
    const model = upTo('6.3.1-staff', {
      choices: { '6.2.4-hardware': 'failed' },
      notes: { '6.2.4-hardware': 'un server non parte' },
    });
    expect(letter(model, '6.3.1-staff')).toMatch(/Il rilascio del server .* è previsto entro/);
    expect(letter(model, '6.3.1-staff')).not.toContain('scritto dopo');
    expect(letter(upTo('6.3.1', {}), '6.3.1-staff')).not.toContain('Il rilascio del server');
  });
});

/** `9:05` as it is in Italy. */
function hour(isoUtc: string): string {
  return new Intl.DateTimeFormat('it-IT', { timeZone: 'Europe/Rome', timeStyle: 'short' }).format(
    new Date(isoUtc),
  );
}
