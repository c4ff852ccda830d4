/** The one medium that a verb is about, among those that are plugged in. */
import { DrError } from '../core/errors.ts';
import type { PluggedMedium } from '../platforms/restic/media.ts';
import type { IdentificationKind } from './identity.ts';
import type { Meeting } from './meeting.ts';

export type Plugged = Meeting['media'][number];

/** Undefined where no medium of that label is in. @throws DrError CASSETTE_TWICE: one of the two must be a copy */
export function pluggedLabelled({ media }: Meeting, label: string): Plugged | undefined {
  const bearing = media.filter(({ medium, found }) => medium.label === label || found.label === label);
  if (bearing.length < 2) return bearing[0];
  const which = bearing.map(({ medium }) => `${medium.device} (${medium.mediumSerial ?? '-'})`).join(', ');
  throw new DrError(
    'CASSETTE_TWICE',
    `Ci sono due supporti ${label}: ${which}. Uno è una copia. / There are two media ${label}: one is a copy.`,
    'Togliere entrambi e inserire solo quello con il numero di serie dell\'inventario ("dr cassette list"). / Take both out and plug in only the one whose serial is in the inventory.',
  );
}

/** What must not be written over, nor be taken for a cassette of ours. */
const refused: readonly IdentificationKind[] = [
  'stranger',
  'unidentified',
  'copy',
  'initialised-again',
  'rolled-back',
  'retired',
];

/** @throws DrError CASSETTE_STRANGER, CASSETTE_UNIDENTIFIED, CASSETTE_COPY, CASSETTE_INITIALISED_AGAIN, CASSETTE_ROLLED_BACK, CASSETTE_RETIRED */
export function requireTrusted({ found }: Plugged): void {
  if (!refused.includes(found.kind)) return;
  throw new DrError(`CASSETTE_${found.kind.toUpperCase().replaceAll('-', '_')}`, found.text, found.hint);
}

/** @throws DrError CASSETTE_OTHER_MEDIUM: the hardware says another serial than the inventory has for this label */
export function requireOwnMedium(
  { mediumSerial }: PluggedMedium,
  label: string,
  cassettes: readonly { label: string; serial: string }[],
): void {
  const declared = cassettes.find((cassette) => cassette.label === label)?.serial;
  if (mediumSerial === null || mediumSerial === declared) return;
  const owner = cassettes.find(({ serial }) => serial === mediumSerial)?.label;
  const whose = owner === undefined ? '' : `, che è quello di ${owner} / which is that of ${owner}`;
  throw new DrError(
    'CASSETTE_OTHER_MEDIUM',
    `Il numero di serie di questo supporto è ${mediumSerial}${whose}; quello di ${label} è ${declared}. / This medium's serial is ${mediumSerial}; that of ${label} is ${declared}.`,
    'Inserire il supporto giusto; se è stato sostituito, correggere il numero di serie in inventory/cassettes.yaml. / Plug in the right medium; if it was replaced, correct the serial in the inventory.',
  );
}

/** Also where the medium itself says nothing any more. @throws DrError CASSETTE_RETIRED */
export function requireNotRetired({ custody }: Meeting, label: string): void {
  if (custody.records.get(label)?.retired !== true) return;
  throw new DrError(
    'CASSETTE_RETIRED',
    `La cassetta ${label} è stata ritirata. / Cassette ${label} was retired.`,
    "Dichiararne una nuova, con un'altra etichetta, in inventory/cassettes.yaml. / Declare a new one with another label in the inventory.",
  );
}
