/** What the levels of one verification share: the way to the host, what was asked for, and what was found there. */
import type { Subject } from '../../cassette/verification.ts';
import type { Snapshot } from '../../platforms/restic/cassette.ts';
import type { RemoteHost } from '../../platforms/ssh.ts';
import type { ScriptContext } from '../context.ts';

export type Session = {
  context: ScriptContext;
  /** The host with the cassette. */
  host: RemoteHost;
  site: string;
  /** The cassette that was asked for. */
  label: string | undefined;
  /** The whole cassette is read within so many days. */
  days: number;
};

/** The cassette that is there, as the level `presence` identified it. */
export type Found = { label: string; mountPoint: string; subject: Subject };

/** With the newest snapshot of ours, as the level `freshness` found it, and the one before it. */
export type FoundSnapshot = Found & { snapshot: Snapshot; previousId: string | undefined };
