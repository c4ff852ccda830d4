/** The cassette: a labelled file system with an identity file and an encrypted restic repository, plugged into some host. */
import { z } from 'zod';
import { DrError } from '../../core/errors.ts';
import { applyBash, probeBash } from '../remote.ts';
import type { RemoteHost } from '../ssh.ts';

export const identitySchema = z.strictObject({
  format: z.literal(1),
  label: z.string(),
  serial: z.string(),
  initialisedAtUtc: z.string(),
  repositoryId: z.string(),
});
export type CassetteIdentity = z.infer<typeof identitySchema>;

const probeSchema = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('absent') }),
  z.strictObject({ state: z.literal('wrong-label'), found: z.string() }),
  z.strictObject({
    state: z.enum(['blank', 'unidentified']),
    usedBytes: z.number(),
    freeBytes: z.number(),
  }),
  z.strictObject({
    state: z.literal('ready'),
    usedBytes: z.number(),
    freeBytes: z.number(),
    identity: identitySchema,
  }),
]);
export type CassetteProbe = z.infer<typeof probeSchema>;

const snapshotSchema = z.object({
  id: z.string(),
  time: z.iso.datetime({ offset: true }),
  hostname: z.string(),
  paths: z.array(z.string()),
  tags: z.array(z.string()).default([]),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

const file = (name: string): URL => new URL(name, import.meta.url);

/** Looks at what is plugged in at `host` under `label`. */
export async function probeCassette(host: RemoteHost, label: string): Promise<CassetteProbe> {
  const answer = await probeBash(host, file('cassette-probe.sh'), { parameters: { LABEL: label } });
  return probeSchema.parse(JSON.parse(answer));
}

/**
 * The identity of the cassette that must be in this host.
 * @throws DrError CASSETTE_ABSENT, CASSETTE_WRONG_LABEL, CASSETTE_BLANK, CASSETTE_DAMAGED
 */
export async function requireCassette(
  host: RemoteHost,
  label: string,
): Promise<Extract<CassetteProbe, { state: 'ready' }>> {
  const probe = await probeCassette(host, label);
  if (probe.state === 'ready' && probe.identity.label === label) return probe;
  if (probe.state === 'ready') throw wrongLabel(host.name, label, probe.identity.label);
  if (probe.state === 'wrong-label') throw wrongLabel(host.name, label, probe.found);
  if (probe.state === 'absent') {
    throw new DrError(
      'CASSETTE_ABSENT',
      `La cassetta ${label} non è inserita in ${host.name}. / Cassette ${label} is not plugged into ${host.name}.`,
      `Inserire la cassetta con l'etichetta ${label} e ripetere il comando; se è già inserita, non si legge: usare la precedente della rotazione. / Plug it in and run again; if it is in, it can't be read: use the previous one of the rotation.`,
    );
  }
  if (probe.state === 'unidentified') {
    throw damaged(
      label,
      'contiene copie, ma il suo file di identità (cassette.json) non si legge. / it holds backups, but its identity file does not read.',
    );
  }
  throw new DrError(
    'CASSETTE_BLANK',
    `La cassetta ${label} è vuota: non contiene copie. / Cassette ${label} is blank: it holds no backup.`,
    'Controllare di non avere preso una cassetta nuova; le copie si fanno con "dr backup". / Check that it is not a new one; "dr backup" writes to it.',
  );
}

/** Gives a blank cassette its identity and an empty encrypted repository; `again`: also one that holds backups, which are deleted. */
export async function initialiseCassette(
  host: RemoteHost,
  cassette: { label: string; serial: string },
  passphrase: string,
  nowUtc: string,
  { again = false } = {},
): Promise<CassetteIdentity> {
  const answer = await applyBash(host, file('cassette-init.sh'), {
    parameters: { LABEL: cassette.label, SERIAL: cassette.serial, INITIALISED_AT: nowUtc, AGAIN: again },
    secret: passphrase,
  });
  return identitySchema.parse(JSON.parse(answer));
}

const snapshotsSchema = z.strictObject({
  snapshots: z.array(snapshotSchema),
  /** Ids of snapshots that are on the cassette and can't be read. */
  unreadable: z.array(z.string()),
});
export type Snapshots = z.infer<typeof snapshotsSchema>;

/** All snapshots, oldest first. @throws DrError CASSETTE_PASSPHRASE, CASSETTE_DAMAGED */
export async function listSnapshots(host: RemoteHost, label: string, passphrase: string): Promise<Snapshots> {
  return await explained(label, async () => {
    const answer = await probeBash(host, file('snapshots.sh'), {
      parameters: { LABEL: label },
      secret: passphrase,
    });
    const { snapshots, unreadable } = snapshotsSchema.parse(JSON.parse(answer));
    return {
      snapshots: snapshots.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time)),
      unreadable,
    };
  });
}

/** What {@link writeSnapshot} counted into a snapshot's tags; undefined where it does not stand there, NaN where it is no number. */
export function countedIn(
  tags: readonly string[],
  what: 'entries' | 'bytes' | 'applications',
): number | undefined {
  const tag = tags.find((one) => one.startsWith(`${what}=`));
  return tag === undefined ? undefined : Number(tag.slice(what.length + 1));
}

/**
 * Writes one snapshot of `paths`.
 * @throws DrError CASSETTE_PASSPHRASE, CASSETTE_DAMAGED, CASSETTE_FULL
 */
export async function writeSnapshot(
  host: RemoteHost,
  options: {
    label: string;
    paths: readonly string[];
    tag: string;
    /** What the shares hold, for the restore that must know before it starts, and the bytes of the applications' dumps. */
    size: { entries: number; bytes: number; applications: number };
    passphrase: string;
    onProgress?: (line: string) => void;
  },
): Promise<{ addedBytes: number }> {
  return await explained(options.label, async () => {
    const answer = await applyBash(host, file('backup.sh'), {
      parameters: {
        LABEL: options.label,
        PATHS: options.paths.join(' '),
        TAG: options.tag,
        ENTRIES: options.size.entries,
        BYTES: options.size.bytes,
        APPLICATIONS: options.size.applications,
      },
      secret: options.passphrase,
      ...(options.onProgress && { onProgress: options.onProgress }),
    });
    const summary = z.object({ data_added: z.number() }).parse(JSON.parse(answer));
    return { addedBytes: summary.data_added };
  });
}

/**
 * Restores the folder `source` of a snapshot to `target` on `disk`; one that is too small is left as it was.
 * @throws DrError TARGET_NOT_EMPTY, DISK_TOO_SMALL, CASSETTE_PASSPHRASE, CASSETTE_DAMAGED
 */
export async function restoreFolder(
  host: RemoteHost,
  options: {
    label: string;
    snapshotId: string;
    source: string;
    target: string;
    disk: string;
    passphrase: string;
    onProgress?: (line: string) => void;
  },
): Promise<{ changed: boolean }> {
  return await explained(options.label, async () => {
    const answer = await applyBash(host, file('restore-files.sh'), {
      parameters: {
        LABEL: options.label,
        SNAPSHOT: options.snapshotId,
        SOURCE: options.source,
        TARGET: options.target,
        DISK: options.disk,
      },
      secret: options.passphrase,
      ...(options.onProgress && { onProgress: options.onProgress }),
    });
    return z.strictObject({ changed: z.boolean() }).parse(JSON.parse(answer));
  });
}

function wrongLabel(host: string, wanted: string, found: string): DrError {
  return new DrError(
    'CASSETTE_WRONG_LABEL',
    `In ${host} serve la cassetta ${wanted}, ma è inserita ${found}. / Cassette ${wanted} is needed in ${host}, but ${found} is there.`,
    `Togliere quella cassetta, inserire ${wanted} e ripetere. / Take it out, plug ${wanted} in and run again.`,
  );
}

const PREVIOUS_CASSETTE =
  "Usare la cassetta precedente della rotazione; conservare questa per l'analisi. / Use the previous cassette of the rotation; keep this one for analysis.";

/** For what reads wrong on a cassette. `what` begins in lower case. */
export function damaged(label: string, what: string): DrError {
  return new DrError('CASSETTE_DAMAGED', `La cassetta ${label} è danneggiata: ${what}`, PREVIOUS_CASSETTE);
}

type Explanation = { pattern: RegExp; code: string; text: string; hint: string };

/** What restic (or our scripts around it) said, turned into a sentence that says what to do. The first that matches holds. */
const explanations: readonly Explanation[] = [
  {
    pattern: /DR_CASSETTE_GONE/,
    code: 'CASSETTE_REMOVED',
    text: 'La cassetta è stata tolta, o non risponde più, durante il lavoro. / The cassette was taken out, or went silent, in the middle of the work.',
    hint: 'Inserirla di nuovo e ripetere lo stesso comando; se succede ancora, usare la cassetta precedente. / Plug it in and run the same command again; if it happens again, use the previous cassette.',
  },
  {
    pattern: /DR_TARGET_NOT_EMPTY.*/,
    code: 'TARGET_NOT_EMPTY',
    text: 'La cartella di destinazione contiene già file che non vengono da questa copia: nulla è stato toccato. / The target folder already holds other files: nothing was touched.',
    hint: 'Spostare altrove quei file, o svuotare il disco di riserva con "dr stack destroy viareggio". / Move those files away, or empty the spare disk with "dr stack destroy viareggio".',
  },
  {
    pattern: /DR_DISK_TOO_SMALL.*/,
    code: 'DISK_TOO_SMALL',
    text: 'Il disco di destinazione è troppo piccolo per i dati della cassetta: non vi è rimasto nulla di scritto. / The target disk is too small: nothing was left on it.',
    hint: 'Montare un disco più grande su quella macchina e ripetere. / Fit a larger disk and run again.',
  },
  {
    pattern: /DR_SNAPSHOT_WITHOUT_SHARES/,
    code: 'SNAPSHOT_INCOMPLETE',
    text: 'Lo snapshot non contiene le cartelle condivise. / The snapshot holds no shares.',
    hint: 'Scegliere un altro snapshot: "--snapshot elenco" mostra quelli che ci sono. / Choose another one: "--snapshot elenco" shows what there is.',
  },
  {
    pattern: /(DR_KEY_DAMAGED|DR_CASSETTE_UNIDENTIFIED).*/,
    code: 'CASSETTE_DAMAGED',
    text: 'La cassetta è danneggiata. / The cassette is damaged.',
    hint: PREVIOUS_CASSETTE,
  },
  {
    pattern: /.*(wrong password|no key found).*/i,
    code: 'CASSETTE_PASSPHRASE',
    text: 'La frase segreta non apre la cassetta. / The passphrase does not open the cassette.',
    hint: 'Prendere la frase segreta dalla busta custodita in sede (file "cassette-passphrase" o DR_CASSETTE_PASSPHRASE; una cassetta con una "key" sua nell\'inventario: il file di quel nome) e ripetere. / Take the passphrase from its envelope (a cassette with a key of its own in the inventory: the file of that name) and run again.',
  },
  {
    pattern: /.*(no space left|ENOSPC).*/i,
    code: 'CASSETTE_FULL',
    text: 'La cassetta è piena. / The cassette is full.',
    hint: 'Usare un supporto più grande; la copia precedente è intatta. / Use a larger medium; the previous backup is intact.',
  },
  {
    pattern:
      /.*(ciphertext verification failed|invalid data|unexpected EOF|input\/output error|Load\(.*\)|ignoring error|unable to open config|config or key|config file has zero size|not found in repository|loading (tree|snapshot)|load <|Unmarshal|^panic:|There were \d+ errors).*/im,
    code: 'CASSETTE_DAMAGED',
    text: 'La cassetta è danneggiata: i dati non superano la verifica di restic. / The cassette is damaged: its data fail verification.',
    hint: PREVIOUS_CASSETTE,
  },
];

/** Gives a failure of `work` on the cassette `label` its own code, sentence and hint, with the line of restic's that tells most. */
export async function explained<T>(label: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DrError) || error.code !== 'REMOTE_FAILED') throw error;
    const said = error.cause instanceof Error ? error.cause.message : error.message;
    for (const { pattern, code, text, hint } of explanations) {
      const line = pattern.exec(said)?.[0].trim();
      if (line !== undefined) throw new DrError(code, `${label}: ${text} [${line}]`, hint, { cause: error });
    }
    throw error;
  }
}
