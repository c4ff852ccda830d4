/** A runbook with each kind of step in it, small enough to be executed hundreds of times. */
import type { Runbook, RunbookStep } from '../../runbooks/plan/model.ts';

export type ChildSettings = {
  runId: string;
  directory: string;
  databaseUrl: string;
  /** A file that works write to. */
  trace: string;
  workMs: number;
  kind: 'drill' | 'restore';
  unattended: boolean;
  /** While this file is there, works fail. */
  failing?: string;
  /** While the file of that name, a dash, a step, a dash and the number of its attempt is there, that attempt's work hangs. */
  hanging?: string;
  /** Work that hangs does not end when it is told to. */
  deaf?: true;
  /** How long work that is abandoned is waited for. */
  patienceMs?: number;
  /** Files of the process cannot grow beyond this, as on a disk that is full. */
  fileSizeLimitBytes?: number;
  /** The wall clock of the process is off by the milliseconds that this file holds (tests/set-clock.ts). */
  clockFile?: string;
  /** Of each step, instead of five minutes. */
  timeoutMinutes?: number;
  /** The runbook has one step more. */
  extraStep?: boolean;
  /** Serves the live page there, as `dr` does; names become codes in `personFolder`. */
  page?: { port: number; personFolder: string };
  /** Instead of the small runbook, this many steps that do nothing, one after another or all at once. */
  idle?: { steps: number; shape: 'sequence' | 'parallel' };
  /** No step asks a person whether it had been done when it was cut off: an unattended run would be over with that. */
  everythingProbed?: boolean;
  /** A watch beside the steps writes when it begins and when it ends, and so does the run's closing. */
  watched?: true;
  /** Each record goes to the standard output, one JSON line each, those from before first. */
  showRecords?: boolean;
  /** The database is one of our own in this folder, started where it does not run, as `dr` does it; `databaseUrl` does not count. */
  databaseFolder?: string;
};

const text = { it: 'testo', en: 'text' };
const usual = {
  clause: '6.1',
  phase: 'reaction',
  title: text,
  interval: 'machine',
  responsible: 'rco',
  supporting: ['ufficio-tecnico'],
  needs: [],
  instructions: text,
  timeoutMinutes: 5,
  escalateTo: 'rco',
  proof: text,
  undo: null,
} satisfies Partial<RunbookStep>;

export function smallRunbook({
  extraStep = false,
  everythingProbed = false,
  timeoutMinutes = usual.timeoutMinutes,
}: Pick<ChildSettings, 'extraStep' | 'everythingProbed' | 'timeoutMinutes'>): Runbook {
  const cutOff = everythingProbed ? 'probe' : 'ask';
  const base = { ...usual, timeoutMinutes };
  const steps: RunbookStep[] = [
    { ...base, id: 'prepare', kind: 'machine', work: 'lab', cutOff: 'probe' },
    {
      ...base,
      id: 'decide',
      kind: 'human',
      needs: ['prepare'],
      milestone: 'activation',
      options: [
        { id: 'go', it: 'Procedere', en: 'Go on' },
        { id: 'stop', it: 'Fermarsi', en: 'Stop' },
      ],
    },
    { ...base, id: 'letter', kind: 'notify', needs: ['decide'], message: 'committee-called' },
    {
      ...base,
      id: 'left',
      kind: 'machine',
      work: 'lucca',
      cutOff: 'probe',
      needs: ['decide'],
      when: [{ step: 'decide', options: ['go'] }],
    },
    {
      ...base,
      id: 'right',
      kind: 'machine',
      work: 'backup',
      cutOff,
      needs: ['decide'],
      when: [{ step: 'decide', options: ['go'] }],
    },
    { ...base, id: 'accept', kind: 'human', needs: ['left', 'right'], milestone: 'accepted' },
    { ...base, id: 'end', kind: 'machine', work: 'restore', cutOff: 'probe', needs: ['accept', 'letter'] },
  ];
  return extraStep ? [...steps, { ...base, id: 'extra', kind: 'human', needs: ['end'] }] : steps;
}

/** Steps of which each needs the one before, or none. */
export function idleRunbook({ steps, shape }: NonNullable<ChildSettings['idle']>): Runbook {
  return Array.from({ length: steps }, (_, index) => ({
    ...usual,
    id: `idle-${index}`,
    kind: 'machine',
    work: 'lab',
    cutOff: 'probe',
    needs: shape === 'sequence' && index > 0 ? [`idle-${index - 1}`] : [],
  }));
}
