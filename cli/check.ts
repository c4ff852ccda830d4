/** `dr check`: is the plan, as the inventory has it, still sound, and where do the documents disagree. */
import { DrError } from '../core/errors.ts';
import { type Finding, findingLine, type Severity } from '../inventory/findings.ts';
import { displayFolder, inventoryFolder, type LoadOutcome, loadInventory } from '../inventory/load.ts';
import type { Inventory } from '../inventory/schema.ts';

export type CheckOptions = { inventory?: string; json?: boolean };

/** 0 no errors (warnings and disagreements are findings, not errors), 1 errors, 2 the folder can't be read. */
export type CheckStatus = 0 | 1 | 2;

/** Loads the inventory, prints what it holds and every finding to stdout, and gives the exit status. */
export async function check(options: CheckOptions): Promise<CheckStatus> {
  const folder = inventoryFolder(options.inventory);
  try {
    const outcome = await loadInventory(folder);
    print(
      options.json === true
        ? `${JSON.stringify(asJson(outcome, folder), null, 2)}\n`
        : asText(outcome, folder),
    );
    return 'errors' in outcome ? 1 : 0;
  } catch (error) {
    if (!(error instanceof DrError)) throw error;
    const { code, message, hint } = error;
    print(
      options.json === true
        ? `${JSON.stringify({ status: 2, error: { code, message, hint } }, null, 2)}\n`
        : `${message}\n${hint}\n`,
    );
    return 2;
  }
}

function print(text: string): void {
  process.stdout.write(text);
}

type Tally = { it: string; en: string; count: number };

/** What the inventory holds, kind by kind. */
function tally(inventory: Inventory): Record<string, Tally> {
  const ports = inventory.sites.map((site) => site.switch?.deskPorts ?? 0);
  return {
    sites: { it: 'sedi', en: 'sites', count: inventory.sites.length },
    hosts: { it: 'host', en: 'hosts', count: inventory.hosts.length },
    desks: { it: 'postazioni', en: 'desks', count: inventory.desks.length },
    deskPorts: { it: 'porte per postazioni', en: 'desk ports', count: ports.reduce((sum, n) => sum + n, 0) },
    offices: { it: 'uffici', en: 'offices', count: inventory.offices.length },
    groups: { it: 'gruppi di gruppi', en: 'groups of groups', count: inventory.groups.length },
    shares: { it: 'condivisioni', en: 'shares', count: inventory.shares.length },
    cassettes: { it: 'cassette', en: 'cassettes', count: inventory.cassettes.length },
    serviceClasses: {
      it: 'classi di servizi',
      en: 'service classes',
      count: inventory.serviceClasses.length,
    },
    outOfScopeServices: {
      it: 'servizi fuori ambito',
      en: 'services out of scope',
      count: inventory.outOfScopeServices.length,
    },
    solutions: { it: 'soluzioni tecniche', en: 'technical solutions', count: inventory.solutions.length },
    scenarios: { it: 'scenari', en: 'scenarios', count: inventory.scenarios.length },
    actions: { it: 'azioni del capitolo 6', en: 'actions of chapter 6', count: inventory.actions.length },
    roles: { it: 'ruoli', en: 'roles', count: inventory.roles.length },
    teams: { it: 'team', en: 'teams', count: inventory.teams.length },
    suppliers: { it: 'fornitori', en: 'suppliers', count: inventory.suppliers.length },
    openingHours: {
      it: 'orari di sportello',
      en: 'counters with hours',
      count: inventory.openingHours.length,
    },
  };
}

function findingsOf(outcome: LoadOutcome): Finding[] {
  return 'errors' in outcome ? outcome.errors : outcome.findings;
}

function ofSeverity(outcome: LoadOutcome, severity: Severity): Finding[] {
  return findingsOf(outcome).filter((found) => found.severity === severity);
}

function asJson(outcome: LoadOutcome, folder: string): object {
  const counts =
    'errors' in outcome
      ? {}
      : Object.fromEntries(
          Object.entries(tally(outcome.inventory)).map(([kind, { count }]) => [kind, count]),
        );
  return {
    status: 'errors' in outcome ? 1 : 0,
    folder: displayFolder(folder),
    counts,
    errors: ofSeverity(outcome, 'error'),
    warnings: ofSeverity(outcome, 'warning'),
    disagreements: ofSeverity(outcome, 'disagreement'),
  };
}

const headings: Record<Severity, string> = {
  error: 'Errori / Errors',
  warning: 'Avvisi / Warnings',
  disagreement: 'Disaccordi fra i documenti / Disagreements between the documents',
};

function asText(outcome: LoadOutcome, folder: string): string {
  const sections = (['error', 'warning', 'disagreement'] as const).flatMap((severity) =>
    section(severity, ofSeverity(outcome, severity), folder),
  );
  const verdict =
    'errors' in outcome
      ? `Inventario non valido: ${outcome.errors.length} errori. / The inventory is not valid: ${outcome.errors.length} errors.`
      : 'Inventario valido. / The inventory is valid.';
  return `${[...countLines(outcome), ...sections, verdict].join('\n')}\n`;
}

function countLines(outcome: LoadOutcome): string[] {
  if ('errors' in outcome) return [];
  const lines = Object.values(tally(outcome.inventory)).map(
    ({ it, en, count }) => `${String(count).padStart(4)}  ${it} / ${en}`,
  );
  return ['Inventario / Inventory', ...lines, ''];
}

/** A hint follows what a person should mend; a disagreement is mended in the documents, so its hint stands once, in the heading. */
function section(severity: Severity, findings: readonly Finding[], folder: string): string[] {
  const [first] = findings;
  if (first === undefined) return [];
  const shared = severity === 'disagreement';
  const lines = findings.flatMap((found) => {
    const line = findingLine(found, displayFolder(folder));
    return shared ? [line] : [line, `    ${found.hint}`];
  });
  return [
    `${headings[severity]}: ${findings.length}`,
    ...(shared ? [`    ${first.hint}`] : []),
    ...lines,
    '',
  ];
}
