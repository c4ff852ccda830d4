/** What the inventory knows and people must be told, as lines for letters and instructions: so no text repeats a fact by hand. */

import type { Inventory } from '../../inventory/schema.ts';
import type {
  FrontOfficeService,
  OpeningHours,
  ServiceClass,
  Supplier,
  weekdays,
} from '../../inventory/schema-plan.ts';
import type { Bilingual } from './model.ts';

/** Each supplier, then the service classes that the plan gives it, with what it owes for them. */
export function suppliersFacts(inventory: Inventory): Bilingual[] {
  return inventory.suppliers.flatMap((supplier) => [
    supplierLine(supplier),
    ...inventory.serviceClasses.flatMap((serviceClass) => commitment(serviceClass, supplier)),
  ]);
}

/** The services that Viareggio gives to the public in an emergency. */
export function frontOfficeFacts(inventory: Inventory): Bilingual[] {
  return inventory.frontOfficeServices.map(serviceLine);
}

/** When each counter at Viareggio is open in an emergency. */
export function openingHoursFacts(inventory: Inventory): Bilingual[] {
  return inventory.openingHours.map(openingLine);
}

/** What is asked of another Chamber, and when. */
export function mutualAidFacts(inventory: Inventory): Bilingual[] {
  const { afterWeeks, workstations } = inventory.mutualAid;
  return [
    {
      it: `Se Lucca resta chiusa più di ${afterWeeks} settimane: mutuo soccorso con un'altra Camera di Commercio`,
      en: `If Lucca stays closed for more than ${afterWeeks} weeks: mutual aid with another Chamber of Commerce`,
    },
    {
      it: `Almeno ${workstations} postazioni pronte per i programmi InfoCamere (contabilità, atti)`,
      en: `At least ${workstations} workstations ready for InfoCamere's programs (accounting, acts)`,
    },
  ];
}

function supplierLine(supplier: Supplier): Bilingual {
  const { name, nameIt, nameEn, switchboard, crisisProcedure = [], contract = [] } = supplier;
  const procedures = crisisProcedure.map(({ reference }) => reference).join(', ');
  const contracts = contract.join(', ');
  return {
    it: [
      `${name} (${nameIt})`,
      ...(switchboard === undefined ? [] : [`centralino ${switchboard}`]),
      ...(procedures === '' ? [] : [`procedura di crisi ${procedures}`]),
      ...(contracts === '' ? [] : [`contratto: ${contracts}`]),
    ].join('; '),
    en: [
      `${name} (${nameEn})`,
      ...(switchboard === undefined ? [] : [`switchboard ${switchboard}`]),
      ...(procedures === '' ? [] : [`crisis procedure ${procedures}`]),
      ...(contracts === '' ? [] : [`contract: ${contracts}`]),
    ].join('; '),
  };
}

/** Empty where the plan gives the class to somebody else, or to nobody any more. */
function commitment({ name, plan }: ServiceClass, supplier: Supplier): Bilingual[] {
  if (plan?.supplier !== supplier.id) return [];
  const { rtoHours, rpoHours } = plan;
  return [
    {
      it: `- ${name}: di nuovo in servizio entro ${hoursIt(rtoHours)} (RTO), dati persi per non più di ${hoursIt(rpoHours)} (RPO)`,
      en: `- ${name}: in service again within ${hoursEn(rtoHours)} (RTO), data of no more than ${hoursEn(rpoHours)} lost (RPO)`,
    },
  ];
}

function serviceLine({ nameIt, nameEn, deadlineDays, remote }: FrontOfficeService): Bilingual {
  return {
    it: [
      nameIt,
      ...(deadlineDays === undefined ? [] : [`pratiche esaminate entro ${deadlineDays} giorni`]),
      ...(remote ? ['anche in telelavoro, in VPN'] : []),
    ].join('; '),
    en: [
      nameEn,
      ...(deadlineDays === undefined ? [] : [`filings examined within ${deadlineDays} days`]),
      ...(remote ? ['also by telework, over VPN'] : []),
    ].join('; '),
  };
}

function openingLine({ nameIt, nameEn, byAppointment, hours }: OpeningHours): Bilingual {
  const times = (days: Record<Weekday, string>): string =>
    hours.map((one) => `${one.days.map((day) => days[day]).join(', ')} ${one.from}-${one.to}`).join('; ');
  return {
    it: `${nameIt}${byAppointment ? ' (su appuntamento)' : ''}: ${times(daysIt)}`,
    en: `${nameEn}${byAppointment ? ' (by appointment)' : ''}: ${times(daysEn)}`,
  };
}

type Weekday = (typeof weekdays)[number];

const daysIt: Record<Weekday, string> = {
  mon: 'lunedì',
  tue: 'martedì',
  wed: 'mercoledì',
  thu: 'giovedì',
  fri: 'venerdì',
  sat: 'sabato',
  sun: 'domenica',
};

const daysEn: Record<Weekday, string> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
};

function hoursIt(hours: number): string {
  return hours === 1 ? "un'ora" : `${hours} ore`;
}

function hoursEn(hours: number): string {
  return hours === 1 ? 'one hour' : `${hours} hours`;
}
