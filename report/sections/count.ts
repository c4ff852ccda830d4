/** The two points between which a run's time counts: the RTO, or in a return the time in which nobody could work. */
import type { MilestoneName, RunKind } from '../../runbooks/evidence/evidence.ts';
import { type Text, text } from '../texts.ts';

export type Count = {
  from: MilestoneName;
  to: MilestoneName;
  /** What the time between them is. */
  name: Text;
  /** Heads figures that are counted from the first. */
  since: Text;
  /** The same in a sentence. */
  countedFrom: Text;
};

const rto: Count = {
  from: 'activation',
  to: 'service-verified',
  name: text('RTO: attivazione → servizio verificato', 'RTO: activation → service verified'),
  since: text('Dall’attivazione', 'Since activation'),
  countedFrom: text('dall’attivazione del piano (6.2.3)', 'from the activation of the plan (6.2.3)'),
};

const outage: Count = {
  from: 'service-stopped',
  to: 'accepted',
  name: text(
    'Nessuno poteva lavorare: Viareggio si ferma → Lucca accettata',
    'Nobody could work: Viareggio stops → Lucca accepted',
  ),
  since: text('Da quando Viareggio si ferma', 'Since Viareggio stopped'),
  countedFrom: text('da quando Viareggio si ferma', 'from Viareggio’s stop'),
};

export function countOf({ kind }: { kind: RunKind }): Count {
  return kind === 'return' ? outage : rto;
}
