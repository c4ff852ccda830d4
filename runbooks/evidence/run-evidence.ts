/**
 * A run's evidence while it is executed: the log on this computer, written first, and its copy in the database, from which another
 * computer could go on. Nothing counts as done before both have it.
 */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DrError } from '../../core/errors.ts';
import { utcNow } from '../../core/time.ts';
import { diskFull, isDiskFull, type RunStore } from '../durable/store.ts';
import { EvidenceLog, evidenceLine, readEvidence, verifyLines } from './evidence.ts';

const RETRY_MS = 500;

export type EvidenceHooks = {
  /** The database can't be reached for the moment; work goes on and is told again. */
  onTrouble: (text: string) => void;
  /** Evidence can't be kept any more: nothing may go on. */
  onFatal: (error: unknown) => void;
};

export class RunEvidence {
  readonly log: EvidenceLog;
  readonly #store: RunStore;
  readonly #runId: string;
  readonly #epoch: number;
  readonly #hooks: EvidenceHooks;
  /** Records below this number are in the database. */
  #stored: number;
  #copying: Promise<void> | undefined;

  private constructor(
    log: EvidenceLog,
    stored: number,
    place: { store: RunStore; runId: string; epoch: number },
    hooks: EvidenceHooks,
  ) {
    this.log = log;
    this.#stored = stored;
    this.#store = place.store;
    this.#runId = place.runId;
    this.#epoch = place.epoch;
    this.#hooks = hooks;
    log.subscribe(() => this.#startCopying());
  }

  /**
   * Opens the log at `path` and brings it and its copy together.
   * @throws DrError EVIDENCE_BROKEN when one of them was altered
   */
  static async open(
    path: string,
    place: { store: RunStore; runId: string; epoch: number },
    hooks: EvidenceHooks,
  ): Promise<RunEvidence> {
    mkdirSync(dirname(path), { recursive: true });
    const stored = await place.store.evidence(place.runId);
    const copied = bringTogether(path, stored);
    const evidence = new RunEvidence(new EvidenceLog(path), copied, place, hooks);
    evidence.#startCopying();
    await evidence.settled();
    return evidence;
  }

  /** Resolves when the database has every record; waits through an outage. */
  async settled(): Promise<void> {
    while (this.#copying !== undefined) await this.#copying;
  }

  #startCopying(): void {
    this.#copying ??= this.#copy().finally(() => {
      this.#copying = undefined;
      if (this.#stored < this.log.records.length) this.#startCopying();
    });
  }

  async #copy(): Promise<void> {
    let told = false;
    while (this.#stored < this.log.records.length) {
      const from = this.#stored;
      const lines = this.log.records.slice(from).map((record) => evidenceLine(record).slice(0, -1));
      try {
        await this.#store.addEvidence(this.#runId, this.#epoch, from, lines);
        this.#stored = from + lines.length;
      } catch (error) {
        if (error instanceof DrError) {
          this.#hooks.onFatal(error);
          return await new Promise(() => undefined); // nothing may go on
        }
        if (!told) this.#hooks.onTrouble(databaseAway(error));
        told = true;
        await new Promise((resolve) => {
          setTimeout(resolve, RETRY_MS);
        });
      }
    }
    if (told)
      this.#hooks.onTrouble(
        'Il database delle esecuzioni risponde di nuovo. / The database of the runs answers again.',
      );
  }
}

/**
 * Makes the log here and the lines of the database one: the shorter gets what the other has more. Where another computer went on
 * without the end of our log, ours is set aside and the database's counts. Gives the number of records that the database has.
 */
function bringTogether(path: string, stored: readonly string[]): number {
  const there = verifyLines(stored, 'database');
  const here = existsSync(path) ? readEvidence(path) : [];
  const parting = there.findIndex((record, index) => here[index]?.hash !== record.hash);
  if (parting === -1) return there.length;
  if (parting < here.length) renameSync(path, `${path}.${utcNow().replaceAll(/[-:.]/g, '')}.aside`);
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, there.map(evidenceLine).join(''));
  renameSync(temporary, path);
  return there.length;
}

function databaseAway(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  if (isDiskFull(error)) return diskFull(said);
  return `Il database delle esecuzioni non risponde (${said}): riprovo, nulla è perduto. / The database of the runs does not answer: trying again, nothing is lost.`;
}
