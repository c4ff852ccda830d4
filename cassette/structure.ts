/** Judges what `restic check` and the locks say of a repository. Pure. */
import { formatRome } from '../core/time.ts';
import type { RepositoryLock, StructureFacts } from '../platforms/restic/structure.ts';
import { type Judged, judged, notVerifiable } from './judged.ts';

const repository = {
  id: 'structure.repository',
  titleIt: 'Archivio intero (restic check)',
  titleEn: 'Repository whole (restic check)',
};
const locks = { id: 'structure.locks', titleIt: 'Nessuno vi scrive', titleEn: 'Nobody is writing to it' };

export const REMOVED =
  'La cassetta è stata tolta, o non risponde più, durante la lettura: inserirla e ripetere. / The cassette was taken out, or went silent, while it was read: plug it in and run again.';

const USE_PREVIOUS =
  "Usare la cassetta precedente della rotazione; conservare questa per l'analisi. / Use the previous cassette of the rotation; keep this one for analysis.";

/** While somebody writes to a repository nothing can be said of it: what looks wrong may only be unfinished. */
export function judgeStructure(facts: StructureFacts, repositoryId: string): Judged[] {
  if (facts.gone) return [notVerifiable(repository, REMOVED)];
  const writer = facts.locks.find(({ alive }) => alive);
  if (writer !== undefined) {
    const evidence = `Copia in corso (${lockText(writer)}): attendere che finisca e ripetere. / A backup is in progress: wait for it and run again.`;
    return [notVerifiable(locks, evidence)];
  }
  const wrong = [
    ...(facts.status === 0
      ? []
      : [
          "L'archivio sulla cassetta è danneggiato: file mancanti o alterati. / The repository on the cassette is damaged: files are missing or altered.",
        ]),
    ...otherRepository(facts.repositoryId, repositoryId),
  ];
  const details = facts.status === 0 ? [] : [`restic check: ${facts.status}`, ...facts.said];
  return [
    judged(
      repository,
      wrong.length === 0 ? [] : [...wrong, USE_PREVIOUS, ...details],
      'indice, snapshot e cartelle coerenti / index, snapshots and folders consistent',
    ),
    judged(locks, [], facts.locks.length === 0 ? 'nessun lucchetto / no lock' : deadLocks(facts.locks)),
  ];
}

/** `stated`: by the identity file. A repository that does not say its id is found by `restic check`. */
function otherRepository(own: string | null, stated: string): string[] {
  if (own === null || own === stated) return [];
  return [
    `Il file di identità (cassette.json) è di un altro archivio: dice ${stated.slice(0, 8)}, ma questo è ${own.slice(0, 8)}. / The identity file is another repository's.`,
  ];
}

function deadLocks(left: readonly RepositoryLock[]): string {
  return `Lucchetti di processi finiti: non disturbano la lettura, e la prossima copia li toglie. / Locks of processes that are gone: they do not stand in the way of reading, and the next backup removes them. ${left.map(lockText).join('; ')}`;
}

function lockText({ host, pid, atUtc }: RepositoryLock): string {
  const at = Number.isNaN(Date.parse(atUtc)) ? '?' : formatRome(atUtc);
  return `${host}, pid ${pid}, ${at}`;
}
