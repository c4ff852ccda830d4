/** Facts of the inventory as a letter says them, in Italian. */
import { DrError } from '../../core/errors.ts';
import { siteById } from '../../inventory/lookup.ts';
import type { Inventory } from '../../inventory/schema.ts';
import {
  type FrontOfficeService,
  type OpeningHours,
  type Supplier,
  weekdays,
} from '../../inventory/schema-plan.ts';
import { fact, type LetterFacts } from './letter.ts';

const dayNames = ['lunedì', 'martedì', 'mercoledì', 'giovedì', 'venerdì', 'sabato', 'domenica'] as const;
const dateFormat = new Intl.DateTimeFormat('it-IT', { timeZone: 'Europe/Rome', dateStyle: 'full' });
const timeFormat = new Intl.DateTimeFormat('it-IT', { timeZone: 'Europe/Rome', timeStyle: 'short' });

/** `lunedì 23 novembre 2026 alle ore 8:00`, in Europe/Rome. @throws DrError LETTER_DATE */
export function romeDate(isoUtc: string): string {
  const instant = new Date(isoUtc);
  if (Number.isNaN(instant.getTime())) {
    throw new DrError(
      'LETTER_DATE',
      `"${isoUtc}" non è una data. / It is not a date.`,
      'Serve una data ISO 8601 in UTC. / An ISO 8601 date in UTC is needed.',
    );
  }
  return `${dateFormat.format(instant)} alle ore ${timeFormat.format(instant)}`;
}

/** `a, b e c`. */
export function inWords(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} e ${last}`;
}

/** A heading with its points below; null when there are none, so that no empty list is printed. */
export function bullets(heading: string, points: readonly string[]): string | null {
  const kept = points.filter((point) => point.trim() !== '');
  return kept.length === 0 ? null : [heading, ...kept.map((point) => `- ${point.trim()}`)].join('\n');
}

/** What the disaster did to Lucca, without a full stop. */
export function situation({ inventory, scenario }: LetterFacts): string {
  const { primarySite, technology } = fact(
    inventory.scenarios.find(({ id }) => id === scenario),
    scenario ?? 'scenario',
  );
  const { name, address } = siteById(inventory, 'lucca');
  const where = `${name} (${address.street})`;
  if (primarySite === 'unusable') return `la ${where} non è utilizzabile`;
  const systems = `i sistemi informatici della ${where}`;
  return technology === 'unusable'
    ? `${systems} non sono utilizzabili`
    : `${systems} sono utilizzabili solo in parte`;
}

/** `Scenario D1, Disastro grave`. */
export function scenarioName({ inventory, scenario }: LetterFacts): string {
  const { nameIt } = fact(
    inventory.scenarios.find(({ id }) => id === scenario),
    scenario ?? 'scenario',
  );
  return `Scenario ${scenario}, ${nameIt}`;
}

export function isLuccaClosed({ inventory, scenario }: LetterFacts): boolean {
  return inventory.scenarios.some(({ id, primarySite }) => id === scenario && primarySite === 'unusable');
}

/** `Sede secondaria di Viareggio, Via ..., 55049 Viareggio`. */
export function viareggio(inventory: Inventory): string {
  const { name, address } = siteById(inventory, 'viareggio');
  return `${name}, ${address.street}, ${address.postcode} ${address.town}`;
}

export function serviceLine({ nameIt, deadlineDays, remote }: FrontOfficeService): string {
  const notes = [
    ...(deadlineDays === undefined
      ? []
      : [`nel termine di ${deadlineDays} giorni per l'esame delle pratiche`]),
    ...(remote ? ['anche in telelavoro, con collegamento VPN'] : []),
  ];
  return notes.length === 0 ? nameIt : `${nameIt} (${notes.join('; ')})`;
}

export function hoursLine({ nameIt, byAppointment, hours }: OpeningHours): string {
  const times = hours.map(({ days, from, to }) => `${dayPhrase(days)} dalle ${hour(from)} alle ${hour(to)}`);
  return `${nameIt}${byAppointment ? ' (solo su appuntamento)' : ''}: ${times.join('; ')}`;
}

function dayPhrase(days: OpeningHours['hours'][number]['days']): string {
  const at = days.map((day) => weekdays.indexOf(day)).toSorted((a, b) => a - b);
  const [first = 0, last = 0] = [at[0], at.at(-1)];
  const names = at.map((index) => dayNames[index] ?? '');
  const unbroken = at.length > 2 && last - first === at.length - 1;
  return unbroken ? `da ${dayNames[first]} a ${dayNames[last]}` : inWords(names);
}

/** `09:00` as the plan prints it: `9.00`. */
function hour(time: string): string {
  return time.replace(/^0/, '').replace(':', '.');
}

/** `1 ora`, `72 ore`. */
export function inHours(hours: number): string {
  return hours === 1 ? '1 ora' : `${hours} ore`;
}

/** Suppliers with a contract or a crisis procedure of their own: those of the plan's chapter 8. */
export function contractors(inventory: Inventory): Supplier[] {
  return inventory.suppliers.filter((one) => one.contract !== undefined || one.crisisProcedure !== undefined);
}

/** What a supplier runs for the Chamber and what the plan counts on. */
export function supplierSection(inventory: Inventory, supplier: Supplier): string | null {
  const { id, name, contract = [], crisisProcedure = [] } = supplier;
  const classes = inventory.serviceClasses.flatMap((one) => {
    if (one.plan === null || one.plan.supplier !== id) return [];
    const { rtoHours, rpoHours } = one.plan;
    return [
      `${one.name}: ripristino entro ${inHours(rtoHours)} (RTO), dati persi per non più di ${inHours(rpoHours)} (RPO)`,
    ];
  });
  // The plan's own name for a procedure comes before the study's.
  const procedure = crisisProcedure.find(({ source }) => source.document === 'piano') ?? crisisProcedure[0];
  return bullets(`${name}:`, [
    ...classes,
    contract.length === 0 ? '' : `atti e contratti: ${contract.join('; ')}`,
    procedure === undefined ? '' : `procedura di crisi del fornitore: ${procedure.reference}`,
  ]);
}
