/** Checks of restored shares against the manifest that the snapshot carries. */
import { type Check, type Finding, judge, runCheck } from '../../core/check.ts';
import type { RemoteHost } from '../ssh.ts';
import { type Comparison, compareWithManifest, type DifferenceKind } from './manifest.ts';

const checks: readonly { id: string; titleIt: string; titleEn: string; kinds: readonly DifferenceKind[] }[] =
  [
    {
      id: 'files.count',
      titleIt: 'Numero e nomi di file e cartelle',
      titleEn: 'Number and names of files and folders',
      kinds: ['missing', 'extra', 'type', 'links'],
    },
    { id: 'files.size', titleIt: 'Dimensione dei file', titleEn: 'Sizes of files', kinds: ['size'] },
    {
      id: 'files.content',
      titleIt: 'Contenuto dei file (SHA-256)',
      titleEn: 'Contents of files (SHA-256)',
      kinds: ['content', 'unreadable'],
    },
    { id: 'files.owner', titleIt: 'Proprietari', titleEn: 'Owners', kinds: ['owner'] },
    { id: 'files.acl', titleIt: 'ACL di Windows (SDDL)', titleEn: 'Windows ACLs (SDDL)', kinds: ['acl'] },
    {
      id: 'files.attributes',
      titleIt: 'Attributi e date',
      titleEn: 'Attributes and dates',
      kinds: ['attributes', 'time'],
    },
  ];

/** Reads every restored byte once and judges it on each count. */
export async function verifyFiles(
  host: RemoteHost,
  snapshot: { label: string; snapshotId: string; manifest: string; root: string; passphrase: string },
): Promise<Check[]> {
  const compared = compareWithManifest(host, snapshot);
  compared.catch(() => undefined);
  return await Promise.all(
    checks.map(({ kinds, ...title }) => runCheck(title, async () => judgeKinds(await compared, kinds))),
  );
}

function judgeKinds(comparison: Comparison, kinds: readonly DifferenceKind[]): Finding {
  if (comparison.expected === 0)
    return { outcome: 'FAIL', evidence: 'Il manifesto è vuoto. / The manifest is empty.' };
  const wrong = kinds.flatMap((kind) => {
    const count = comparison.counts[kind] ?? 0;
    const samples = comparison.samples[kind] ?? [];
    const more = count - samples.length;
    return [
      ...samples.map((sample) => `${kind}: ${sample}`),
      ...(more > 0 ? [`${kind}: altri / more ${more}`] : []),
    ];
  });
  return judge(wrong, `${comparison.compared} su / of ${comparison.expected}, ${comparison.sizeBytes} byte`);
}
