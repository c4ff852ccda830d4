/** The two points between which a run's time counts: the RTO, or in a return the time in which nobody could work. */
import type { Milestone, OtherWay, RunState } from '../../runbooks/clock/model.ts';
import type { MilestoneName } from '../../runbooks/evidence/evidence.ts';
import { type Text, text } from '../texts.ts';

export type Count = {
  /** Undefined while it is not reached. */
  from: Pick<Milestone, 'offsetMs' | 'atUtc'> | undefined;
  to: Pick<Milestone, 'offsetMs' | 'atUtc'> | undefined;
  /** What the time between them is. */
  name: Text;
  /** Heads figures that are counted from the first. */
  since: Text;
  /** The same in a sentence. */
  countedFrom: Text;
  /** What came to be in that time. */
  reachedIn: Text;
};

const rto = {
  name: text('RTO: attivazione → servizio verificato', 'RTO: activation → service verified'),
  since: text('Dall’attivazione', 'Since activation'),
  countedFrom: text('dall’attivazione del piano (6.2.3)', 'from the activation of the plan (6.2.3)'),
  reachedIn: text('servizio verificato in', 'service verified in'),
};

/** 6.2.3 is of the secondary site only; elsewhere the count begins with the decision right before it. */
const otherRto = {
  name: text(
    'RTO: decisione (6.1.10) → servizio dichiarato tornato',
    'RTO: decision (6.1.10) → service declared back',
  ),
  since: text('Dalla decisione', 'Since the decision'),
  countedFrom: text('dalla decisione (6.1.10)', 'from the decision (6.1.10)'),
  reachedIn: text(
    'servizio dichiarato tornato, dalla decisione (6.1.10), in',
    'service declared back, from the decision (6.1.10), in',
  ),
};

const outage = {
  name: text(
    'Nessuno poteva lavorare: Viareggio si ferma → Lucca accettata',
    'Nobody could work: Viareggio stops → Lucca accepted',
  ),
  since: text('Da quando Viareggio si ferma', 'Since Viareggio stopped'),
  countedFrom: text('da quando Viareggio si ferma', 'from Viareggio’s stop'),
  reachedIn: text('Lucca accettata in', 'Lucca accepted in'),
};

export function countOf(
  run: Pick<RunState, 'kind' | 'milestones'> & { otherWay?: OtherWay | undefined },
): Count {
  const at = (wanted: MilestoneName) => run.milestones.find(({ name }) => name === wanted);
  if (run.kind === 'return') return { from: at('service-stopped'), to: at('accepted'), ...outage };
  if (run.otherWay) return { from: at('activation') ?? run.otherWay, to: at('accepted'), ...otherRto };
  return { from: at('activation'), to: at('service-verified'), ...rto };
}
