/** Which desk can open to the public (plan 6.1.11), and what keeps the others shut. Pure: a fold of checks and of what the desks saw. */
import type { Check, CheckOutcome } from '../core/check.ts';
import { applicationsAt, desksAt } from '../inventory/lookup.ts';
import type { Desk, Inventory } from '../inventory/schema.ts';
import type { Application } from '../inventory/schema-applications.ts';
import type { FrontOfficeService } from '../inventory/schema-plan.ts';
import { logonCheck } from '../platforms/linux/verify-desk.ts';
import { type DeskFacts, overLines, type ServicesLook } from './probe-services.ts';

export type DeskReadiness = {
  desk: string;
  frontOfficeService: string;
  serviceIt: string;
  serviceEn: string;
  /** Null where that could not be found out. */
  canOpen: boolean | null;
  reasonsIt: string[];
  reasonsEn: string[];
};

/** One thing that a service needs, and how it stands; the sentence is empty where there is nothing to say. */
type Need = { outcome: CheckOutcome; it: string; en: string };

/** The desks of a site that give a service to the public, of those that were looked from. `checks`: those of desks and applications. */
export function readinessOf(
  inventory: Inventory,
  site: string,
  look: ServicesLook,
  checks: readonly Check[],
): DeskReadiness[] {
  return desksAt(inventory, site).flatMap((desk) => {
    const service = inventory.frontOfficeServices.find(({ id }) => id === desk.frontOfficeService);
    const facts = look.desks.find((one) => one.desk === desk.id);
    if (service === undefined || facts === undefined) return [];
    const needs = [
      ...suppliers(inventory, desk, service, look),
      ...withoutEndpoint(inventory, service),
      ...applications(inventory, desk, service, facts, checks),
      ...atTheDesk(inventory, service, facts),
      share(desk, checks),
    ];
    return [
      {
        desk: desk.id,
        frontOfficeService: service.id,
        serviceIt: service.nameIt,
        serviceEn: service.nameEn,
        canOpen: canOpen(needs),
        reasonsIt: needs.flatMap(({ it }) => (it === '' ? [] : [it])),
        reasonsEn: needs.flatMap(({ en }) => (en === '' ? [] : [en])),
      },
    ];
  });
}

function canOpen(needs: readonly Need[]): boolean | null {
  if (needs.some(({ outcome }) => outcome === 'FAIL')) return false;
  return needs.every(({ outcome }) => outcome === 'PASS') ? true : null;
}

/** One check a desk, for the verdict. */
export function readinessChecks(desks: readonly DeskReadiness[], durationMs: number): Check[] {
  return desks.map(({ desk, serviceIt, serviceEn, canOpen: open, reasonsIt, reasonsEn }) => {
    const reasons = reasonsIt.map((it, index) =>
      it === reasonsEn[index] ? it : `${it} / ${reasonsEn[index]}`,
    );
    return {
      id: `readiness.${desk}`,
      titleIt: `${desk} può aprire: ${serviceIt}`,
      titleEn: `${desk} can open: ${serviceEn}`,
      outcome: open === null ? 'NOT VERIFIABLE' : open ? 'PASS' : 'FAIL',
      evidence: reasons.join('\n') || 'Nulla manca. / Nothing is missing.',
      durationMs,
    };
  });
}

/** The endpoints of the service's classes and certified services, each through any line. That no line leads anywhere is said once. */
function suppliers(
  inventory: Inventory,
  desk: Desk,
  service: FrontOfficeService,
  look: ServicesLook,
): Need[] {
  const dead = look.deadLines.filter((line) => line.desk === desk.id && line.outcome === 'FAIL');
  const asked = [...new Set(look.probes.filter((one) => one.desk === desk.id).map(({ line }) => line))];
  const wanted = inventory.endpoints.filter(
    ({ serviceClass, certifiedServices = [] }) =>
      service.serviceClasses.includes(serviceClass) ||
      certifiedServices.some((id) => service.certifiedServices.includes(id)),
  );
  const lost = dead.map(({ line, evidence }) => {
    const named = inventory.lines.find(({ id }) => id === line);
    const said = halves(evidence);
    return { it: `${named?.nameIt ?? line}: ${said.it}`, en: `${named?.nameEn ?? line}: ${said.en}` };
  });
  if (wanted.length > 0 && asked.length > 0 && dead.length === asked.length)
    return lost.map((said) => ({ outcome: 'FAIL', ...said }));
  const needs = wanted.flatMap(({ id, name }): Need[] => {
    const results = look.probes.filter((one) => one.desk === desk.id && one.endpoint === id);
    const outcome = overLines(results);
    if (outcome === 'PASS') return [];
    const said = halves(results.find((one) => one.outcome === outcome)?.evidence ?? '');
    return [{ outcome, it: `${name}: ${said.it}`, en: `${name}: ${said.en}` }];
  });
  return [
    ...needs,
    ...(wanted.length > 0 ? lost.map((said) => ({ outcome: 'PASS' as const, ...said })) : []),
  ];
}

/** A class without an endpoint is a finding of the inventory's check; a certified service has no class. */
function withoutEndpoint({ endpoints, certifiedServices }: Inventory, service: FrontOfficeService): Need[] {
  const reached = new Set(endpoints.flatMap((endpoint) => endpoint.certifiedServices ?? []));
  return certifiedServices
    .filter(({ id }) => service.certifiedServices.includes(id) && !reached.has(id))
    .map(({ nameIt, nameEn }) => ({
      outcome: 'NOT VERIFIABLE',
      it: `${nameIt}: nessun punto di accesso nell'inventario (endpoints.yaml)`,
      en: `${nameEn}: no endpoint in the inventory (endpoints.yaml)`,
    }));
}

/** Our own applications for the service's classes: their checks where they were verified, else what the desk reached. */
function applications(
  inventory: Inventory,
  desk: Desk,
  service: FrontOfficeService,
  facts: DeskFacts,
  checks: readonly Check[],
): Need[] {
  return applicationsAt(inventory, desk.site)
    .filter(({ serviceClass }) => service.serviceClasses.includes(serviceClass))
    .map((application) => {
      const own = checks.filter(({ id }) => id.startsWith(`app.${application.id}.`));
      return own.length > 0 ? byChecks(own) : byLook(application, facts);
    });
}

function byChecks(own: readonly Check[]): Need {
  const bad = own.find(({ outcome }) => outcome === 'FAIL') ?? own.find(({ outcome }) => outcome !== 'PASS');
  if (bad === undefined) return fine;
  const { outcome, titleIt, titleEn } = bad;
  return { outcome, it: `${titleIt}: ${outcome}`, en: `${titleEn}: ${outcome}` };
}

function byLook({ id, nameIt, nameEn, health }: Application, { applications: seen }: DeskFacts): Need {
  const found = seen.find(({ application }) => application === id);
  if (found === undefined)
    return {
      outcome: 'NOT VERIFIABLE',
      it: `${nameIt}: non si è potuto guardare`,
      en: `${nameEn}: could not be looked at`,
    };
  const { tcp, http } = found;
  if (tcp.error !== null) {
    return {
      outcome: 'FAIL',
      it: `${nameIt}: ${tcp.address} non accetta il collegamento (${tcp.error})`,
      en: `${nameEn}: ${tcp.address} does not take the connection (${tcp.error})`,
    };
  }
  if (http?.status === health.status && http.contains) return fine;
  const said = http?.error ?? String(http?.status ?? '-');
  return {
    outcome: 'FAIL',
    it: `${nameIt}: risponde, ma non come deve (${said})`,
    en: `${nameEn}: answers, but not as it must (${said})`,
  };
}

/** Printer and services of the workstation itself. */
function atTheDesk(inventory: Inventory, { needs }: FrontOfficeService, { services }: DeskFacts): Need[] {
  const wanted = inventory.workstationServices.filter(({ name }) => needs.workstationServices.includes(name));
  if (services === undefined) {
    const blind = {
      outcome: 'NOT VERIFIABLE',
      it: 'la postazione non risponde',
      en: 'the desk does not answer',
    } as const;
    return needs.printer || wanted.length > 0 ? [blind] : [];
  }
  const stopped = wanted.filter(({ unit }) => services.inactive.includes(unit));
  return [
    ...stopped.map(
      ({ nameIt, nameEn, unit }): Need => ({
        outcome: 'FAIL',
        it: `${nameIt}: ${unit} non è attivo`,
        en: `${nameEn}: ${unit} is not active`,
      }),
    ),
    ...(needs.printer && !services.printerReady
      ? [
          {
            outcome: 'FAIL',
            it: `stampante: ${services.printer}`,
            en: `printer: ${services.printer}`,
          } as const,
        ]
      : []),
  ];
}

function share(desk: Desk, checks: readonly Check[]): Need {
  const check = checks.find(({ id }) => id === logonCheck(desk.id));
  if (check?.outcome === 'PASS') return fine;
  return {
    outcome: check?.outcome ?? 'NOT VERIFIABLE',
    it: `${check?.titleIt ?? "accesso e cartella d'ufficio"}: ${check?.outcome ?? 'non provato'}`,
    en: `${check?.titleEn ?? 'log-on and office share'}: ${check?.outcome ?? 'not tried'}`,
  };
}

const fine: Need = { outcome: 'PASS', it: '', en: '' };

/** A sentence of both languages apart; one of neither form is the same in both. */
function halves(said: string): { it: string; en: string } {
  const [it = said, en = said, ...more] = said.split(' / ');
  return more.length > 0 ? { it: said, en: said } : { it, en };
}
