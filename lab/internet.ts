/** The lab's internet: real servers that stand for the suppliers, and the secondary site's lines to them. */
import { DrError } from '../core/errors.ts';
import type { LabContext } from './context.ts';
import { type LabLine, type LabSupplier, writeLabState } from './state.ts';
import { runInside } from './supervisor.ts';
import type { LabInventory } from './topology.ts';

/** For documentation (RFC 5737, TEST-NET-3); the portal of break-supplier.sh has its last ones. */
const SUPPLIERS_NETWORK = '203.0.113';
const MOST_SUPPLIERS = 240;

/** The lines of a site whose desks would use them; none where it has no workstation. */
export function labLines({ lines, hosts }: LabInventory, site: string): LabLine[] {
  if (!hosts.some((host) => host.site === site && host.kind === 'workstation')) return [];
  return lines
    .filter((line) => line.site === site)
    .map(({ id, gateway, resolver }) => ({ id, gateway, resolver, up: true }));
}

/** A server for each endpoint, at its own address where the inventory knows it. @throws DrError LAB_SUPPLIERS */
export function labSuppliers({ endpoints }: LabInventory): LabSupplier[] {
  const hosts = [...new Set(endpoints.map(({ url }) => new URL(url).hostname))];
  if (hosts.length > MOST_SUPPLIERS) throw tooMany(hosts.length);
  return endpoints.map(({ url, expects, addresses }) => {
    const { hostname, port, pathname, search } = new URL(url);
    return {
      host: hostname,
      port: port === '' ? 443 : Number(port),
      path: `${pathname}${search}`,
      ...expects,
      address: addresses?.[0] ?? `${SUPPLIERS_NETWORK}.${hosts.indexOf(hostname) + 1}`,
    };
  });
}

/** Makes the internet anew: all lines up, all suppliers sound. A lab without lines has none. */
export async function makeInternet({ pid, state }: LabContext): Promise<void> {
  if (state.lines.length === 0) return;
  const prefixLength = state.secondary.cidr.split('/')[1];
  const facts = [
    ...state.lines.map(({ id, gateway, resolver }) => ['line', id, `${gateway}/${prefixLength}`, resolver]),
    ...state.suppliers.map(({ host, port, path, status, address, contains }) => [
      'page',
      host,
      port,
      path,
      status,
      address,
      contains,
    ]),
  ];
  const lines = facts.map((fields) => `${fields.join('|')}\n`).join('');
  await runInside(pid, 'internet.sh', [state.secondary.id], lines);
}

/** Cuts a line beyond its router, or mends it. @throws DrError LAB_LINE */
export async function setLine(context: LabContext, id: string, up: boolean): Promise<void> {
  const { state, paths, pid } = context;
  const line = requireLine(context, id);
  await runInside(pid, 'line.sh', [id, up ? 'up' : 'down']);
  line.up = up;
  await writeLabState(paths, state);
}

/**
 * `expired`: a supplier's certificate has ended; `page`: it answers 200 with another page; `portal`: a captive portal sits on a line;
 * `poison`: a line's resolver sends a name elsewhere; `silent-resolver` and `dead-router`: a line without its resolver, without its router;
 * `other-time`: suppliers, or one of them, have a clock so many seconds before ours, as a desk sees it whose own clock is wrong.
 */
export type SupplierFault =
  | { kind: 'expired' | 'page'; host: string }
  | { kind: 'portal' | 'silent-resolver' | 'dead-router'; line: string }
  | { kind: 'other-time'; aheadSeconds: number; host?: string }
  | { kind: 'poison'; line: string; host: string; address: string };

/** @throws DrError LAB_LINE */
export async function breakSupplier(context: LabContext, fault: SupplierFault): Promise<void> {
  if ('line' in fault) requireLine(context, fault.line);
  const { kind, ...what } = fault;
  const none = { line: undefined, aheadSeconds: undefined, host: undefined, address: undefined };
  const { line, aheadSeconds, host, address } = { ...none, ...what };
  const args = [line, aheadSeconds?.toString(), host, address].filter((arg) => arg !== undefined);
  await runInside(context.pid, 'break-supplier.sh', [kind, ...args]);
}

function requireLine({ paths, state }: LabContext, id: string): LabLine {
  const line = state.lines.find((known) => known.id === id);
  if (line !== undefined) return line;
  throw new DrError(
    'LAB_LINE',
    `Nel laboratorio "${paths.name}" non c'è una linea "${id}". / The lab has no such line.`,
    `Linee del laboratorio / lines of the lab: ${state.lines.map((known) => known.id).join(', ') || '-'}`,
  );
}

function tooMany(count: number): DrError {
  return new DrError(
    'LAB_SUPPLIERS',
    `Il laboratorio regge ${MOST_SUPPLIERS} nomi di fornitori, non ${count}. / The lab can hold that many suppliers' names, not more.`,
    'Togliere punti di accesso da inventory/endpoints.yaml. / Take endpoints out.',
  );
}
