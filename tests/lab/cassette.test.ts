/** A cassette's life between two sites: written at Lucca, carried to Viareggio, and all that may be plugged in there in its place. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemText } from '../../cassette/ledger.ts';
import type { Meeting } from '../../cassette/meeting.ts';
import { ledgerFile } from '../../cassette/place.ts';
import { rpoOf } from '../../cassette/rpo.ts';
import { formatRome, utcNow } from '../../core/time.ts';
import { cassetteByLabel } from '../../inventory/lookup.ts';
import type { Inventory } from '../../inventory/schema.ts';
import { writeMediumSerial } from '../../lab/cassettes.ts';
import { type Lab, labUp } from '../../lab/lab.ts';
import { buildLucca, labSurroundings } from '../../lab/lucca.ts';
import { projectDirectory } from '../../platforms/cache.ts';
import { type ExecOutcome, tryRun } from '../../platforms/exec.ts';
import { initialiseCassette } from '../../platforms/restic/cassette.ts';
import { withHost } from '../../platforms/ssh.ts';
import { type EvidenceEvent, EvidenceLog } from '../../runbooks/evidence/evidence.ts';
import { Recorder } from '../../runbooks/evidence/recorder.ts';
import type { MachineStep } from '../../runbooks/plan/model.ts';
import { disasterRunbook } from '../../runbooks/plan/runbooks.ts';
import { siteWorks } from '../../runbooks/works/site-works.ts';
import type { WorkContext } from '../../runbooks/works/work.ts';
import { type BackupOutcome, backup } from '../../scripts/backup.ts';
import { passphraseOf, type ScriptContext } from '../../scripts/context.ts';
import { meetCustody, receiveCassette } from '../../scripts/custody.ts';
import { initCassette } from '../../scripts/init-cassette.ts';
import { disaster, RunModel } from '../run-model.ts';
import { copySparse } from './disk-image.ts';
import { useInventory } from './inventory-folder.ts';
import { on, removeEverything, stateFolder } from './lab-harness.ts';

const A = 'LUCCA-DR-A';
const B = 'LUCCA-DR-B';
const BY = 'responsabile-dr';
const DATA_BYTES = 12 * 1024 ** 2;
const SIZE_BYTES = 2 ** 26;

let lab: Lab;
let context: ScriptContext;
let lastWeeks: string;
let oldest: BackupOutcome;
let newest: BackupOutcome;
let inventory: Inventory;

beforeAll(async () => {
  const folder = join(stateFolder, 'inventory');
  inventory = await useInventory(folder, ['lu-dc1', 'lu-fs1', 'vi-dc1', 'vi-fs1']);
  lab = await labUp({ name: 'cassette', inventory });
  await buildLucca(lab, inventory, DATA_BYTES, () => undefined);
  ({ context } = await labSurroundings(lab, () => undefined));
  await lab.createCassetteDisk({ label: A, serial: 'LDR-0001', sizeBytes: SIZE_BYTES });
  await lab.createCassetteDisk({ label: B, serial: 'LDR-0002', sizeBytes: SIZE_BYTES });
});

afterAll(removeEverything);

test('a build that was cut off before it marked files as read-only and hidden marks them when it goes on', async () => {
  const marked = `getfattr --recursive --absolute-names --name=user.DOSATTRIB /srv/shares 2>/dev/null | grep -c '^# file' || true`;
  const before = await on(lab, 'lu-fs1', marked);
  await on(
    lab,
    'lu-fs1',
    `find /srv/shares -exec setfattr -x user.DOSATTRIB {} + 2>/dev/null || true; rm /srv/.dr-lab-marked`,
  );
  expect(await on(lab, 'lu-fs1', marked)).toBe('0');
  await buildLucca(lab, inventory, DATA_BYTES, () => undefined);
  expect(Number(before)).toBeGreaterThan(0);
  expect(Number(await on(lab, 'lu-fs1', marked))).toBeGreaterThan(0);
}, 120_000);

const backupA = async (): Promise<BackupOutcome> =>
  await backup(context, { fileServer: 'lu-fs1', controller: 'lu-dc1', label: A });
const at = async (site: string, label?: string): Promise<Meeting> =>
  (await meetCustody(context, site, label)).meeting;
const ledgerOf = (site: string): string => readFileSync(ledgerFile(context.custody, site), 'utf8');
const kindsIn = ({ media }: Meeting): string[] => media.map(({ found }) => found.kind);

/** `dr cassette` as somebody types it. */
async function type(...words: string[]): Promise<ExecOutcome> {
  const env = { NO_COLOR: '1' };
  return await tryRun(join(projectDirectory(), 'bin/dr'), ['cassette', ...words, '--lab', lab.name], { env });
}

/** Swaps what is in Viareggio's file server. */
async function plug(label: string, host = 'vi-fs1'): Promise<void> {
  for (const one of (await lab.status()).cassettes.filter(({ pluggedInto }) => pluggedInto !== null)) {
    await lab.unplugCassette(one.label);
  }
  await lab.plugCassette(label, host);
}

describe('at Lucca', () => {
  test('nothing is plugged in', async () => {
    const refusal = { code: 'CASSETTE_ABSENT', message: expect.stringContaining(A) };
    await expect(initCassette(context, { site: 'lucca', label: A })).rejects.toMatchObject(refusal);
    await expect(backupA()).rejects.toMatchObject({ code: 'CASSETTE_ABSENT' });
    expect((await at('lucca')).media).toEqual([]);
  });

  test('a cassette that is not in the inventory, and the medium of another', async () => {
    await expect(initCassette(context, { site: 'lucca', label: 'LUCCA-DR-Z' })).rejects.toMatchObject({
      code: 'INVENTORY_LOOKUP',
    });
    await lab.createCassetteDisk({ label: 'LUCCA-DR-C', serial: 'LDR-0002', sizeBytes: SIZE_BYTES });
    await plug('LUCCA-DR-C', 'lu-fs1');
    await expect(initCassette(context, { site: 'lucca', label: 'LUCCA-DR-C' })).rejects.toMatchObject({
      code: 'CASSETTE_OTHER_MEDIUM',
      message: expect.stringMatching(/LDR-0002.*LUCCA-DR-B/),
    });
  });

  test('init prepares a blank one, once', async () => {
    await plug(B, 'lu-fs1');
    const first = await initCassette(context, { site: 'lucca', label: B });
    expect(first).toMatchObject({ changed: true, warnings: [], cassette: { serial: 'LDR-0002' } });
    const second = await initCassette(context, { site: 'lucca', label: B });
    expect(second).toMatchObject({ changed: false, cassette: first.cassette });
    expect(kindsIn(await at('lucca', B))).toEqual(['right']);
  });

  test('the first backup on a blank one begins its custody; the second follows', async () => {
    await plug(A, 'lu-fs1');
    oldest = await backupA();
    expect(oldest.warnings.filter((text) => !text.includes('piano'))).toEqual([]);
    await lab.unplugCassette(A);
    lastWeeks = `${lab.cassetteImagePath(A)}.last-week`;
    await copySparse(lab.cassetteImagePath(A), lastWeeks);
    await plug(A, 'lu-fs1');
    newest = await backupA();
    const { custody, media } = await at('lucca', A);
    expect(media).toMatchObject([{ medium: { mediumSerial: 'LDR-0001' }, found: { kind: 'right' } }]);
    expect(custody).toMatchObject({ contradictions: [] });
    expect(custody.records.get(A)).toMatchObject({
      serial: 'LDR-0001',
      serialOrigin: 'measured',
      repositoryId: newest.cassette.repositoryId,
      newestSnapshot: { id: newest.snapshotId },
      whereabouts: { kind: 'at-site', site: 'lucca' },
    });
    expect(await on(lab, 'lu-fs1', `cat /media/${A}/custody.jsonl`)).toBe(ledgerOf('lucca').trim());
  });

  test('init does not touch one that holds backups', async () => {
    await expect(initCassette(context, { site: 'lucca', label: A })).rejects.toMatchObject({
      code: 'CASSETTE_IN_USE',
    });
    expect(kindsIn(await at('lucca', A))).toEqual(['right']);
  });
});

/** The step that chooses, as a run has it whose people dated an infection, or found none. */
function snapshotStep(infectedAtUtc?: string): WorkContext<MachineStep> {
  const runbook = disasterRunbook();
  // Later than anything in the lab: nobody dates an infection in the future.
  const model = new RunModel(runbook, disaster).pass(50 * 365 * 86_400_000);
  const said: Record<string, string> = {
    '6.1-escalation': 'escalate',
    '6.1.1': 'declare',
    '6.1.1-scenario': infectedAtUtc === undefined ? 'D3' : 'D3-malware',
    '6.1.10': 'secondary-site',
  };
  const past = '2026-11-23T06:00:00.000Z';
  while (model.of('6.2.4-snapshot').status !== 'running') {
    const [work] = model.running;
    const [waiting = ''] = model.with('waiting');
    if (work !== undefined) model.end(work, 'done');
    else
      model.answer(waiting, said[waiting] ?? (model.step(waiting).kind === 'notify' ? 'send' : 'done'), {
        ...(waiting === '6.1.1-event' && { atUtc: past }),
        ...(waiting === '6.1.8-malware' && { atUtc: infectedAtUtc ?? past }),
      });
  }
  const step = model.step('6.2.4-snapshot');
  if (step.kind !== 'check') throw new Error('the program does not choose');
  return {
    step,
    attempt: 1,
    signal: new AbortController().signal,
    recorder: new Recorder(new EvidenceLog(join(stateFolder, 'chosen.jsonl'))),
    append: () => undefined,
    progress: () => model.progress,
    onDetail: () => undefined,
  };
}

describe('carried to Viareggio', () => {
  test('sent, received: what Lucca knew is known at Viareggio, and the RPO counts it only now', async () => {
    const sent = await type('send', A, '--from', 'lucca', '--to', 'viareggio', '--by', BY);
    expect(sent).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('lucca → viareggio'),
      stderr: '',
    });
    await plug(A);
    const before = await type('list');
    expect(before.exitCode).toBe(0);
    expect(before.stdout).toMatch(/in viaggio .*\n.*copia .*\n.*\/dev\/.*in viaggio/);
    expect(before.stdout).toMatch(/RPO viareggio: .*no backup at viareggio; .*nominal 24 h 00 min/);
    const receive = ['receive', A, '--at-site', 'viareggio', '--by', BY];
    expect(await type(...receive)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^LUCCA-DR-A: a \/ at viareggio/),
      stderr: '',
    });
    expect(await type(...receive)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('already on record'),
    });
    const here = await at('viareggio', A);
    expect(kindsIn(here)).toEqual(['right']);
    expect(rpoOf(context.inventory, here.custody, utcNow()).cassette).toMatchObject({
      label: A,
      snapshotId: newest.snapshotId,
    });
    const after = await type('list');
    expect(after.stdout).toMatch(/effective [\d,]+ (s|min).* \(LUCCA-DR-A, .*nominal 24 h 00 min; .*target /);
    const { stdout, exitCode } = await type('show', A);
    expect(exitCode).toBe(0);
    expect(
      stdout.match(/ {2}(inizializzata|copia|spedita|ricevuta) \//g)?.map((text) => text.trim()),
    ).toEqual(['copia /', 'inizializzata /', 'copia /', 'copia /', 'spedita /', 'ricevuta /']);
    const known = ledgerOf('lucca').split('\n').slice(0, -2);
    expect(ledgerOf('viareggio').split('\n')).toEqual(expect.arrayContaining(known));
  });

  test('with malware the snapshot from before the infection is chosen, and none where none is old enough', async () => {
    const { works } = siteWorks({
      surroundings: async () => await labSurroundings(lab, () => undefined),
      role: 'active',
      attended: true,
    });
    const choose = works['choose-snapshot'];
    const chosen = async (infectedAtUtc?: string): Promise<{ snapshotId: string; snapshotAtUtc: string }> => {
      const events: EvidenceEvent[] = [];
      await choose?.({ ...snapshotStep(infectedAtUtc), append: (event) => void events.push(event) });
      const [event] = events;
      if (event?.type !== 'cassette') throw new Error('no cassette on record');
      return event;
    };
    const usual = await chosen();
    expect(usual.snapshotId).toBe(newest.snapshotId);
    const later = new Date(Date.parse(usual.snapshotAtUtc) + 1).toISOString();
    expect((await chosen(later)).snapshotId).toBe(newest.snapshotId);
    // A snapshot of the very instant is not from before it.
    const clean = await chosen(usual.snapshotAtUtc);
    expect(clean.snapshotId).toBe(oldest.snapshotId);
    expect(Date.parse(clean.snapshotAtUtc)).toBeLessThan(Date.parse(usual.snapshotAtUtc));
    await expect(chosen(clean.snapshotAtUtc)).rejects.toMatchObject({
      code: 'SNAPSHOT_UNKNOWN',
      message: expect.stringMatching(
        new RegExp(`${A} non c'è una copia di prima del / from before ${formatRome(clean.snapshotAtUtc)}`),
      ),
      hint: expect.stringContaining('cassetta più vecchia'),
    });
  });

  test('two cassettes are in: each is told from the other', async () => {
    await lab.plugCassette(B, 'vi-fs1');
    const { media } = await at('viareggio', A);
    expect(media.map(({ found }) => [found.label, found.kind])).toEqual([
      [A, 'right'],
      [B, 'wrong'],
    ]);
  });

  test('a line of the ledger on the cassette was edited: named, set aside, and nothing lost', async () => {
    await plug(A);
    const before = ledgerOf('viareggio');
    const [found] = (await at('viareggio', A)).media;
    const where = String(found?.medium.mountPoint);
    await on(lab, 'vi-fs1', `sed -i '2s/"site":"lucca"/"site":"luccb"/' ${where}/custody.jsonl`);
    const { problems, custody } = await at('viareggio', A);
    expect(problems.map(problemText).join('\n')).toMatch(/custody\.jsonl:2: riga|custody\.jsonl:2: la firma/);
    expect(custody.records.get(A)?.newestSnapshot?.id).toBe(newest.snapshotId);
    expect(ledgerOf('viareggio')).toBe(before);
    const files = await on(lab, 'vi-fs1', `ls ${where} | grep custody`);
    expect(files).toMatch(/custody\.damaged-\d{8}T\d{9}Z\.jsonl\ncustody\.jsonl/);
    expect((await at('viareggio', A)).problems).not.toEqual([]);
    await on(lab, 'vi-fs1', `rm ${where}/custody.damaged-*`);
    expect((await at('viareggio', A)).problems).toEqual([]);
  });
});

describe('what is not the right one, though its files are perfect', () => {
  test('a copy of the image, alone, on another medium, and beside the right one', async () => {
    await lab.unplugCassette(A);
    await copySparse(lab.cassetteImagePath(A), lab.cassetteImagePath('COPY'));
    await plug('COPY');
    expect(kindsIn(await at('viareggio', A))).toEqual(['copy']);
    await lab.unplugCassette('COPY');
    await writeMediumSerial(lab.cassetteImagePath('COPY'), 'KINGSTON-77');
    await plug('COPY');
    expect(kindsIn(await at('viareggio', A))).toEqual(['copy']);
    await expect(receiveCassette(context, { label: A, site: 'viareggio', by: BY })).rejects.toMatchObject({
      code: 'CASSETTE_COPY',
    });
    await lab.plugCassette(A, 'vi-fs1');
    expect(kindsIn(await at('viareggio', A)).toSorted()).toEqual(['copy', 'right']);
    await expect(receiveCassette(context, { label: A, site: 'viareggio', by: BY })).rejects.toMatchObject({
      code: 'CASSETTE_TWICE',
      message: expect.stringContaining('KINGSTON-77'),
    });
  });

  test("last week's content on the right medium, which is not written to either", async () => {
    await plug('COPY');
    await copySparse(lab.cassetteImagePath(A), `${lab.cassetteImagePath(A)}.good`);
    await copySparse(lastWeeks, lab.cassetteImagePath(A));
    await plug(A);
    expect(kindsIn(await at('viareggio', A))).toEqual(['rolled-back']);
    await plug(A, 'lu-fs1');
    await expect(backupA()).rejects.toMatchObject({ code: 'CASSETTE_ROLLED_BACK' });
  });

  test('initialised again behind the back of the ledger, and then with its knowledge', async () => {
    await plug(A);
    await withHost(context.access, 'vi-fs1', async (host) => {
      const declared = cassetteByLabel(context.inventory, A);
      await initialiseCassette(host, declared, await passphraseOf(context, A), utcNow(), { again: true });
    });
    expect(kindsIn(await at('viareggio', A))).toEqual(['initialised-again']);
    await initCassette(context, { site: 'viareggio', label: A, again: true });
    const { custody, media } = await at('viareggio', A);
    expect(media[0]?.found.kind).toBe('right');
    expect(custody.records.get(A)?.newestSnapshot).toBeNull();
  });

  test('a retired one is refused from then on', async () => {
    const done = await type('retire', A, '--by', BY, '--reason', 'settori rovinati');
    expect(done).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('ritirata / retired') });
    expect(kindsIn(await at('viareggio', A))).toEqual(['retired']);
    await expect(initCassette(context, { site: 'viareggio', label: A, again: true })).rejects.toMatchObject({
      code: 'CASSETTE_RETIRED',
    });
    await plug(A, 'lu-fs1');
    await expect(backupA()).rejects.toMatchObject({ code: 'CASSETTE_RETIRED' });
  });
});

test('statements at odds are shown until somebody has looked into them', async () => {
  const received = await type('receive', B, '--at-site', 'viareggio', '--by', BY);
  expect([received.exitCode, received.stderr]).toEqual([
    1,
    expect.stringMatching(/✗ .*LUCCA-DR-B.*\[received-never-sent\]/),
  ]);
  for (const verb of [['list'], ['show', B]])
    expect(await type(...verb)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('[received-never-sent]'),
    });
  expect((await type('settle', B, '--by', BY, '--reason', 'portata a mano')).exitCode).toBe(0);
  const { exitCode, stderr } = await type('list');
  expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('✗')]);
});
