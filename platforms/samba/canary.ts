/** A canary: one file a share whose content is known beforehand, so that reading it proves the whole way from disk to desk. */
import { type RemoteHost, shellQuote } from '../ssh.ts';

export const CANARY_NAME = 'LEGGIMI - prova di ripristino.txt';

/** The content never changes, so whoever encrypts or damages files changes it. */
export function canaryText(shareName: string): string {
  return `Canarino della condivisione ${shareName}: se questo testo si legge intero, la condivisione funziona.\nCanary of the share ${shareName}: if this text reads whole, the share works.\n`;
}

/** Puts the canary of each share in place (before the ACLs are stamped, so that it inherits them). */
export async function placeCanaries(
  host: RemoteHost,
  root: string,
  shares: readonly { name: string; folder: string }[],
): Promise<void> {
  const lines = shares.map(({ name, folder }) => {
    const path = shellQuote(`${root}/${folder}/${CANARY_NAME}`);
    const text = shellQuote(canaryText(name));
    return `[ "$(cat ${path} 2>/dev/null; printf x)" = ${text}x ] || printf '%s' ${text} > ${path}`;
  });
  await host.bash(lines.join('\n'));
}
