/** Is the repository on a cassette whole, and what does its newest snapshot say? Both read, and write nothing. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { probeBash } from '../remote.ts';
import type { RemoteHost } from '../ssh.ts';
import { explained } from './cassette.ts';

const file = (name: string): URL => new URL(name, import.meta.url);

const lockSchema = z.strictObject({
  id: z.string(),
  /** Its process runs on this host now. */
  alive: z.boolean(),
  host: z.string(),
  pid: z.number(),
  atUtc: z.string(),
});
export type RepositoryLock = z.infer<typeof lockSchema>;

const structureSchema = z.strictObject({
  /** The cassette was taken out meanwhile. */
  gone: z.boolean(),
  /** Of `restic check`; 0 is whole. */
  status: z.number(),
  /** By the repository itself; null where it does not say. */
  repositoryId: z.string().nullable(),
  /** What it complained of. */
  said: z.array(z.string()),
  locks: z.array(lockSchema),
});
export type StructureFacts = z.infer<typeof structureSchema>;

/** Runs `restic check` without the data and without a lock (restic manual, "Checking integrity"). @throws DrError REMOTE_FAILED */
export async function checkStructure(
  host: RemoteHost,
  label: string,
  passphrase: string,
): Promise<StructureFacts> {
  const answer = await probeBash(host, file('check-structure.sh'), {
    parameters: { LABEL: label },
    secret: passphrase,
  });
  return structureSchema.parse(JSON.parse(answer));
}

const shareSchema = z.strictObject({
  entries: z.number(),
  files: z.number(),
  bytes: z.number(),
  withoutAcl: z.number(),
});

const nameSchema = z.strictObject({
  sid: z.string(),
  /** Why nobody can log on by it now. */
  against: z.enum(['disabled', 'expired', 'password-expired']).nullable(),
});

const contentsSchema = z.strictObject({
  manifest: z
    .strictObject({
      entries: z.number(),
      bytes: z.number(),
      /** By the share's folder. */
      shares: z.record(z.string(), shareSchema),
      /** SDDL by path; null where there is no ACL. */
      acls: z.record(z.string(), z.string().nullable()),
      /** SHA-256 by path. */
      canaries: z.record(z.string(), z.string().nullable()),
    })
    .nullable(),
  domain: z
    .strictObject({
      realm: z.string(),
      /** Samba's own note in the archive. */
      note: z.string(),
      /** Accounts, groups and machines in it. */
      total: z.number(),
      /** Of those that were asked for, the ones that are there. */
      names: z.record(z.string(), nameSchema),
    })
    .nullable(),
  /** Against the snapshot before; null where there is none, or where its manifest does not read. */
  change: z
    .strictObject({
      filesBefore: z.number(),
      changed: z.number(),
      gone: z.number(),
      /** Of those that are gone: a new name in the same folder goes on from the old one. */
      renamed: z.number(),
      new: z.number(),
      /** Of those that are there still, or renamed: how many were text and the like, and how many of these are noise now. */
      plain: z.number(),
      noise: z.number(),
    })
    .nullable(),
  /** By id, the applications that were asked for; null is one that it does not hold. */
  applications: z.record(
    z.string(),
    z
      .strictObject({
        rows: z.number(),
        /** Files of the dump that are missing, or not as long as its manifest says; that it has no manifest that reads. */
        wrong: z.array(z.string()),
      })
      .nullable(),
  ),
  /** Of all the dumps in it. */
  applicationBytes: z.number(),
  /** YAML files of the inventory in it. */
  inventory: z.number(),
  errors: z.partialRecord(z.enum(['manifest', 'domain']), z.string().nullable()),
});
export type SnapshotContents = z.infer<typeof contentsSchema>;

/** What to look up in a snapshot. */
export type ContentsQuestion = {
  label: string;
  snapshotId: string;
  /** The one before it, to compare with. */
  previousId: string | undefined;
  /** Folder in the snapshot, and the names of manifest and domain archive in it. */
  stage: string;
  manifest: string;
  domain: string;
  /** Paths below the shares whose ACL is asked for. */
  folders: readonly string[];
  canaries: readonly string[];
  /** Accounts and groups of the domain. */
  names: readonly string[];
  /** Folder in the snapshot with one folder an application, and the ids of those that must be there; with none it is not looked into. */
  applicationsStage: string;
  applications: readonly string[];
};

/** Sums up a snapshot without restoring it. @throws DrError CASSETTE_DAMAGED, CASSETTE_PASSPHRASE, REMOTE_FAILED */
export async function snapshotContents(
  host: RemoteHost,
  question: ContentsQuestion,
  passphrase: string,
): Promise<SnapshotContents> {
  const { label, snapshotId, previousId, stage, applicationsStage, ...expected } = question;
  const { manifest, applications } = expected;
  const program = await readFile(file('snapshot_contents.py'), 'utf8');
  return await explained(label, async () => {
    const answer = await probeBash(host, file('snapshot-contents.sh'), {
      parameters: {
        LABEL: label,
        SNAPSHOT: snapshotId,
        PREVIOUS: previousId ?? '',
        STAGE: stage,
        MANIFEST: `${stage}/${manifest}`,
        APPLICATIONS: applications.length === 0 ? '' : applicationsStage,
        EXPECTED: JSON.stringify({ ...expected, applicationsStage }),
        CONTENTS_PY: program,
      },
      secret: passphrase,
    });
    return contentsSchema.parse(JSON.parse(answer));
  });
}
