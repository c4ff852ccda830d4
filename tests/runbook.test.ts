/** The runbook's steps as data: sound, complete against the plan, on the right path for each decision, and free of personal data. */
import { describe, expect, test } from 'vitest';
import type { Inventory } from '../inventory/schema.ts';
import { type Runbook, type RunbookStep, workNames } from '../runbooks/plan/model.ts';
import {
  disasterRunbook,
  drillRunbook,
  returnRunbook,
  runbookOf,
  validateRunbook,
} from '../runbooks/plan/runbooks.ts';
import { applies } from '../runbooks/run/progress.ts';
import { messageNames } from '../scripts/letters/letter.ts';
import { soundInventory } from './inventory-copy.ts';
import { documentsAtHand, personalData, personNames } from './personal-data.ts';

const { inventory } = await soundInventory();
const roleIds = inventory.roles.map(({ id }) => id);
const disaster = disasterRunbook();
const runbooks = [
  { name: 'disaster', runbook: disaster },
  { name: 'drill', runbook: drillRunbook() },
  { name: 'return', runbook: returnRunbook() },
];
const every = [...drillRunbook(), ...disaster, ...returnRunbook()];

function stepOf(runbook: Runbook, id: string): RunbookStep {
  const step = runbook.find((one) => one.id === id);
  if (step === undefined) throw new Error(`no step ${id}`);
  return step;
}

/** A copy with one step changed. */
function edited(id: string, change: (step: RunbookStep) => Partial<RunbookStep>): Runbook {
  return disaster.map((step) => (step.id === id ? ({ ...step, ...change(step) } as RunbookStep) : step));
}

/** What the staff is told, with this in every application. */
function told(change: Partial<Inventory['applications'][number]>): string[] {
  const applications = inventory.applications.map((one) => ({ ...one, ...change }));
  return (['restore', 'drill'] as const).map((kind) => {
    const { it, en } = stepOf(
      runbookOf(kind, { ...inventory, applications }),
      '6.2.4-front-office',
    ).instructions;
    return `${it} ${en}`;
  });
}

test('what is done by hand meanwhile is what the inventory says of each application', () => {
  for (const text of told({})) {
    expect(text).toMatch(/Rilevazione delle presenze: si firma a mano\. "dr paper print attendance" stampa/);
    expect(text).toMatch(/Attendance of the staff: people sign by hand\. .*"dr paper enter FILE"/);
    expect(text).not.toContain('Certificati di origine:');
  }
  for (const text of told({ fallback: undefined })) expect(text).not.toContain('dr paper');
});

describe('a runbook is sound', () => {
  test.each(runbooks)('$name', ({ runbook }) => {
    expect(validateRunbook(runbook, roleIds)).toEqual([]);
  });

  const blank = { it: '', en: ' ' };
  test.each([
    {
      mistake: 'two steps with one id',
      broken: [...disaster, { ...stepOf(disaster, '6.1.9') }],
      found: ['6.1.9: two steps have this id'],
    },
    {
      mistake: 'a need that is no step',
      broken: edited('6.1.9', ({ needs }) => ({ needs: [...needs, 'nowhere'] })),
      found: ['6.1.9: it needs "nowhere", which is no step'],
    },
    {
      mistake: 'an unknown responsible role',
      broken: edited('6.1.9', () => ({ responsible: 'sindaco' })),
      found: ['6.1.9: "sindaco" is no role'],
    },
    {
      mistake: 'an override by whom nobody asks',
      broken: edited('6.2.4-interlock', () => ({ supporting: [] })),
      found: ['6.2.4-interlock: "rco" may override it, but does not answer for it'],
    },
    {
      mistake: 'an unknown supporting role',
      broken: edited('6.1.9', () => ({ supporting: ['sindaco'] })),
      found: ['6.1.9: "sindaco" is no role'],
    },
    {
      mistake: 'an unknown role to escalate to',
      broken: edited('6.1.9', () => ({ escalateTo: 'sindaco' })),
      found: ['6.1.9: "sindaco" is no role'],
    },
    {
      mistake: 'steps that wait for each other',
      broken: edited('6.1.2', () => ({ needs: ['6.1.1', '6.1.3'] })),
      found: ['6.1.2: it waits for itself', '6.1.3: it waits for itself'],
    },
    {
      mistake: 'a condition on a step that does not exist',
      broken: edited('6.1.9', () => ({ when: [{ step: 'nowhere', options: ['yes'] }] })),
      found: ['6.1.9: it hangs on "nowhere", which is no step'],
    },
    {
      mistake: 'a condition on an option that is not offered',
      broken: edited('6.1.9', () => ({ when: [{ step: '6.1.1', options: ['perhaps'] }] })),
      found: ['6.1.9: it hangs on "perhaps", which 6.1.1 does not offer'],
    },
    {
      mistake: 'a condition on a step that decides nothing',
      broken: edited('6.1.9', () => ({ when: [{ step: '6.1.7', options: ['done'] }] })),
      found: ['6.1.9: it hangs on "done", which 6.1.7 does not offer'],
    },
    {
      mistake: 'a condition on a decision that is not waited for',
      broken: edited('6.1.4', () => ({ when: [{ step: '6.1.10', options: ['other'] }] })),
      found: ['6.1.4: it hangs on "6.1.10", but does not wait for it'],
    },
    {
      mistake: 'a letter that tells an answer that is not waited for',
      broken: edited('6.1.3', () => ({ needs: ['6.1.2'] })),
      found: ['6.1.3: it tells "6.1.1-scenario", but does not wait for it'],
    },
    {
      mistake: 'a milestone reached twice',
      broken: edited('6.1.9', () => ({ milestone: 'activation' })),
      found: ['activation: two steps reach this milestone'],
    },
    {
      mistake: 'a time-out of nothing',
      broken: edited('6.1.9', () => ({ timeoutMinutes: 0 })),
      found: ['6.1.9: its time-out is 0 minutes'],
    },
    {
      mistake: 'a time-out that is no number',
      broken: edited('6.1.9', () => ({ timeoutMinutes: Number.NaN })),
      found: ['6.1.9: its time-out is NaN minutes'],
    },
    {
      mistake: 'texts that are empty',
      broken: edited('6.2.3', () => ({ title: blank, instructions: blank, proof: blank, undo: blank })),
      found: ['title', 'instructions', 'proof', 'undo'].flatMap((name) => [
        `6.2.3: its ${name} is empty in Italian`,
        `6.2.3: its ${name} is empty in English`,
      ]),
    },
    {
      mistake: 'an option without words',
      broken: edited('6.3.2', (step) => ({
        ...step,
        options: [{ id: 'more-than-three-weeks', it: '', en: 'Long' }],
      })),
      found: ['6.3.2: its option "more-than-three-weeks" is empty in Italian'],
    },
  ])('$mistake is found', ({ broken, found }) => {
    expect(validateRunbook(broken, roleIds)).toEqual(found);
  });

  test('all mistakes come at once', () => {
    const broken = edited('6.1.9', () => ({ timeoutMinutes: -1, responsible: 'sindaco', needs: [] }));
    expect(validateRunbook(broken, roleIds)).toEqual(
      expect.arrayContaining([
        '6.1.9: "sindaco" is no role',
        '6.1.9: it hangs on "6.1.1", but does not wait for it',
        '6.1.9: its time-out is -1 minutes',
      ]),
    );
  });

  test('every work and every letter has its step', () => {
    const works = every.flatMap((step) => ('work' in step ? step.work : []));
    const letters = every.flatMap((step) => ('message' in step ? step.message : []));
    expect(workNames.filter((name) => !works.includes(name))).toEqual([]);
    expect(messageNames.filter((name) => !letters.includes(name))).toEqual([]);
  });
});

describe('the plan', () => {
  test.each(inventory.actions.map((action) => ({ ...action, clause: action.source.clause })))(
    '$clause $nameIt',
    ({ clause, responsible, with: others }) => {
      const steps = disaster.filter((step) => step.clause === clause);
      expect(steps.length).toBeGreaterThan(0);
      expect(new Set(steps.map((step) => step.responsible))).toEqual(new Set([responsible]));
      const supporting = steps.flatMap((step) => step.supporting);
      expect(others.filter((role) => !supporting.includes(role))).toEqual([]);
    },
  );

  test('6.1: who detects, who assesses, who declares, and after how long', () => {
    const { detectedBy, assessedBy, declaredBy, outageHours } = inventory.escalation;
    const detection = stepOf(disaster, '6.1-detection');
    expect(detection).toMatchObject({ responsible: detectedBy, escalateTo: assessedBy, clause: '6.1' });
    expect(detection.timeoutMinutes).toBe(outageHours * 60);
    expect(detection.instructions.it).toContain(`più di ${outageHours} ore`);
    expect(stepOf(disaster, '6.1-escalation')).toMatchObject({ responsible: assessedBy, clause: '6.1' });
    const { responsible, supporting } = stepOf(disaster, '6.1.1');
    expect([responsible, ...supporting]).toContain(declaredBy.role);
  });

  test('6.3.2: the figures of the long absence', () => {
    const { afterWeeks, workstations } = inventory.mutualAid;
    expect(stepOf(disaster, '6.3.2').instructions.it).toContain(`più di ${afterWeeks} settimane`);
    expect(stepOf(disaster, '6.3.2-mutual-aid').instructions.it).toContain(`almeno ${workstations} `);
  });

  test('every clause is one of the plan', () => {
    const clauses = inventory.documents.find(({ id }) => id === 'piano')?.clauses ?? [];
    const strange = every.map(({ clause }) => clause).filter((clause) => !clauses.includes(clause));
    expect(new Set(strange)).toEqual(new Set(['-']));
  });

  test('the points of the clocks are reached by the steps, each by one', () => {
    expect(milestonesOf(disaster)).toEqual({
      detection: '6.1-detection',
      declaration: '6.1.1',
      event: '6.1.1-event',
      activation: '6.2.3',
      'team-on-site': '6.2.1-arrival',
      'cassette-in-hand': '6.2.4-cassette',
      'service-verified': '6.2.4-restore',
      accepted: '6.2.4-accepted',
    });
    expect(milestonesOf(drillRunbook())).toEqual({ ...milestonesOf(disaster), event: 'disaster' });
    const starter = inventory.actions.find(({ startsRto }) => startsRto);
    expect(starter?.source.clause).toBe('6.2.3');
  });

  test('if every step took its whole time-out, the RTO would still be met with a day to spare', () => {
    const rtoMinutes = inventory.targets.fileServerAndDomain.rtoHours * 60;
    const decided = stepOf(disaster, '6.1.10');
    const sinceDecision = longestMinutes(disaster, '6.2.4-accepted') - longestMinutes(disaster, decided.id);
    expect(sinceDecision).toBeLessThan(rtoMinutes - 24 * 60);
  });
});

function milestonesOf(runbook: Runbook): Record<string, string> {
  return Object.fromEntries(
    runbook.flatMap(({ id, milestone }) => (milestone === undefined ? [] : [[milestone, id]])),
  );
}

/** From the beginning to the end of a step, were each to take as long as it may. */
function longestMinutes(runbook: Runbook, id: string): number {
  const { needs, timeoutMinutes } = stepOf(runbook, id);
  return timeoutMinutes + Math.max(0, ...needs.map((need) => longestMinutes(runbook, need)));
}

function waitsFor(runbook: Runbook, id: string): string[] {
  return stepOf(runbook, id).needs.flatMap((need) => [need, ...waitsFor(runbook, need)]);
}

describe('the restore holds nobody up and waits for no letter', () => {
  test.each([
    '6.1.1-event',
    '6.1.1-suppliers',
    '6.1.4',
    '6.1.10-workstations',
    '6.1.10-spending',
    '6.1.10-logistics',
    '6.1.11',
    '6.1.11-viareggio',
    '6.1.11-public',
    '6.1.11-telework',
    '6.2.2',
    '6.2.4-progress',
    '6.2.4-front-office',
    '6.3.1-staff',
    '6.3.1-press',
    '6.3.3-press',
  ])('%s', (id) => {
    expect(waitsFor(disaster, id)).not.toContain('6.2.4-restore');
    expect(waitsFor(disaster, '6.2.4-restore')).not.toContain(id);
  });

  test('the domain comes up only after Lucca is proved silent and the snapshot is chosen', () => {
    expect(waitsFor(disaster, '6.2.4-restore')).toEqual(
      expect.arrayContaining(['6.2.3', '6.2.4-interlock', '6.2.4-snapshot', '6.1.8-malware']),
    );
  });

  test('Lucca comes up only after Viareggio has stopped', () => {
    expect(waitsFor(returnRunbook(), 'return-restore')).toEqual(
      expect.arrayContaining(['return-backup', 'return-prepare', 'return-site']),
    );
  });

  test('a drill begins with its disaster', () => {
    const drill = drillRunbook();
    expect(waitsFor(drill, '6.1-detection')).toEqual(expect.arrayContaining(['lab', 'backup', 'disaster']));
  });
});

function idsIn(text: string): string[] {
  return text.trim().split(/\s+/);
}

describe('what is needed', () => {
  const alarm = idsIn('6.1-detection 6.1-escalation');
  const crisis = idsIn(`
    6.1.1-scenario 6.1.1-event 6.1.1-suppliers 6.1.2 6.1.3 6.1.4 6.1.5 6.1.6 6.1.6-viareggio 6.1.7 6.1.8 6.1.9
    6.1.10 6.1.10-workstations 6.1.10-spending 6.1.10-logistics 6.1.11-public 6.2.1 6.2.1-arrival 6.2.2
    6.3.1 6.3.2 6.3.3`);
  const secondarySite = idsIn(`
    6.1.11-viareggio 6.1.11 6.1.11-telework 6.2.3 6.2.4-hardware 6.2.4-cassette 6.2.4-snapshot 6.2.4-interlock
    6.2.4-restore 6.2.4-accepted 6.2.4-progress 6.2.4-front-office 6.3.1-staff 6.3.1-press 6.3.3-press`);
  const escalated = { '6.1-escalation': 'escalate' };
  const declared = { ...escalated, '6.1.1': 'declare' };

  test.each([
    {
      path: 'not a crisis',
      answers: { '6.1-escalation': 'not-a-crisis' },
      needed: alarm,
    },
    {
      path: 'no crisis',
      answers: { ...escalated, '6.1.1': 'no-crisis' },
      needed: [...alarm, '6.1.1'],
    },
    {
      path: 'D1 to the secondary site, for long',
      answers: {
        ...declared,
        '6.1.1-scenario': 'D1',
        '6.1.10': 'secondary-site',
        '6.3.2': 'more-than-three-weeks',
      },
      needed: [...alarm, '6.1.1', ...crisis, ...secondarySite, '6.3.2-mutual-aid'],
    },
    {
      path: 'D2 in another room',
      answers: { ...declared, '6.1.1-scenario': 'D2', '6.1.10': 'primary-site', '6.3.2': 'less' },
      needed: [...alarm, '6.1.1', ...crisis, '6.1.10-other-room', '6.3.3-public'],
    },
    {
      path: 'D3 repaired',
      answers: { ...declared, '6.1.1-scenario': 'D3', '6.1.10': 'primary-site', '6.3.2': 'less' },
      needed: [...alarm, '6.1.1', ...crisis, '6.1.10-repair', '6.3.3-public'],
    },
    {
      path: 'D3 with malware to the secondary site',
      answers: { ...declared, '6.1.1-scenario': 'D3-malware', '6.1.10': 'secondary-site', '6.3.2': 'less' },
      needed: [...alarm, '6.1.1', ...crisis, '6.1.8-malware', ...secondarySite],
    },
    {
      path: 'D3 with malware, rebuilt at Lucca',
      answers: { ...declared, '6.1.1-scenario': 'D3-malware', '6.1.10': 'primary-site', '6.3.2': 'less' },
      needed: [...alarm, '6.1.1', ...crisis, '6.1.8-malware', '6.1.10-clean', '6.3.3-public'],
    },
    {
      path: 'both sites struck: another solution',
      answers: {
        ...declared,
        '6.1.1-scenario': 'D1',
        '6.1.10': 'other',
        '6.3.2': 'more-than-three-weeks',
      },
      needed: [...alarm, '6.1.1', ...crisis, '6.1.10-other', '6.3.3-public', '6.3.2-mutual-aid'],
    },
  ])('$path', ({ answers, needed }) => {
    const given = new Map(Object.entries(answers));
    const verdicts = disaster.map((step) => ({ id: step.id, verdict: applies(step, given) }));
    expect(verdicts.filter(({ verdict }) => verdict === 'undecided')).toEqual([]);
    const taken = verdicts.filter(({ verdict }) => verdict === 'yes').map(({ id }) => id);
    expect(taken.toSorted()).toEqual(needed.toSorted());
  });

  test('before anything is answered, only the alarm is certain', () => {
    const certain = disaster.filter((step) => applies(step, new Map()) === 'yes');
    expect(certain.map(({ id }) => id)).toEqual(alarm);
    expect(disaster.some((step) => applies(step, new Map()) === 'no')).toBe(false);
  });

  test('one decision against a step settles it, whatever is open', () => {
    const answers = new Map([['6.1-escalation', 'not-a-crisis']]);
    expect(applies(stepOf(disaster, '6.2.3'), answers)).toBe('no');
  });

  test('a return that is put off needs nothing more', () => {
    const answers = new Map([['return-decision', 'not-yet']]);
    const taken = returnRunbook().filter((step) => applies(step, answers) !== 'no');
    expect(taken.map(({ id }) => id)).toEqual(['return-decision']);
  });
});

describe('no personal data', () => {
  const published = JSON.stringify(every);

  test('no name of a person, no number, no mailbox', () => {
    expect(personalData(published)).toEqual([]);
    expect(published.match(/\+?\d[\d ./-]{5,}\d/g) ?? []).toEqual([]);
  });

  test.skipIf(!documentsAtHand)('and a name would be found', () => {
    const names = personNames();
    expect(names.length).toBeGreaterThan(60);
    expect(names.filter((name) => personalData(`Chiamare ${name}.`).length === 0)).toEqual([]);
  });
});
