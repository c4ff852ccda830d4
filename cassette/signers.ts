/**
 * The keys of the ledger of custody (Ed25519, RFC 8032). The private half lies in the secrets folder of the computer that signs, the
 * public half in the inventory, which both sites share and every cassette carries. A computer knows its own keys without being told.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DrError } from '../core/errors.ts';
import { namesIn } from '../core/files.ts';
import type { Inventory } from '../inventory/schema.ts';
import { readPrivate } from '../platforms/secrets.ts';

/** `site:` or `role:` and an identifier of the inventory. */
export const signerSchema = z.string().regex(/^(site|role):[a-z0-9]+(-[a-z0-9]+)*$/);
export type Signers = ReadonlyMap<string, KeyObject>;

const PREFIX = 'custody-';

function keyFile(secrets: string, signer: string): string {
  return join(secrets, `${PREFIX}${signer.replace(':', '-')}`);
}

function signerOf(file: string): string | undefined {
  const signer = file.slice(PREFIX.length).replace('-', ':');
  return file.startsWith(PREFIX) && signerSchema.safeParse(signer).success ? signer : undefined;
}

/** Makes a key, mode 600; one that is there is kept. Gives the public half for the inventory. @throws DrError SECRET_EXPOSED, CUSTODY_KEY */
export async function makeSignerKey(secrets: string, signer: string): Promise<string> {
  await mkdir(secrets, { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  await writeFile(keyFile(secrets, signer), pem, { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
  const kept = await privateKeyOf(secrets, signer);
  if (kept === undefined) throw unusable(keyFile(secrets, signer));
  return publicText(createPublicKey(kept));
}

/** Undefined where this computer can't sign for it. @throws DrError SECRET_EXPOSED, CUSTODY_KEY */
export async function privateKeyOf(
  secrets: string | undefined,
  signer: string,
): Promise<KeyObject | undefined> {
  if (secrets === undefined) return undefined;
  const file = keyFile(secrets, signer);
  const pem = await readPrivate(file);
  return pem === undefined ? undefined : parseKey(file, pem);
}

/** Whose entries this computer can verify: those of the inventory, and its own. @throws DrError SECRET_EXPOSED, CUSTODY_KEY */
export async function knownSigners(
  { custodySigners }: Pick<Inventory, 'custodySigners'>,
  secrets: string | undefined,
): Promise<Signers> {
  const listed = custodySigners.map(({ signer, publicKey }) => [signer, publicKeyOf(publicKey)] as const);
  const names = secrets === undefined ? [] : await namesIn(secrets);
  const signers = names.map(signerOf).filter((signer) => signer !== undefined);
  const own = await Promise.all(
    signers.map(async (signer) => [signer, await privateKeyOf(secrets, signer)] as const),
  );
  return new Map([
    ...own.flatMap(([signer, key]) => (key === undefined ? [] : [[signer, createPublicKey(key)] as const])),
    // What everybody was told comes before what this computer happens to hold.
    ...listed,
  ]);
}

export function publicText(key: KeyObject): string {
  return z.object({ x: z.string() }).parse(key.export({ format: 'jwk' })).x;
}

function publicKeyOf(text: string): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: text }, format: 'jwk' });
}

function parseKey(file: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below.
  }
  throw unusable(file);
}

function unusable(file: string): DrError {
  return new DrError(
    'CUSTODY_KEY',
    `Il file "${file}" non contiene una chiave Ed25519. / It holds no Ed25519 key.`,
    'Rimetterlo dalla sua copia, oppure toglierlo e farne un\'altra con "dr cassette key"; poi aggiornare custodySigners in inventory/cassettes.yaml. / Put its copy back, or take it away and make another, then update custodySigners.',
  );
}
