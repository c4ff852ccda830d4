/** A lab's status as a person reads it on a terminal. */
import { formatDurationMs } from '../core/time.ts';
import type { LabStatus } from '../lab/status.ts';

const stateWords = {
  running: 'acceso / on',
  stopped: 'spento / off',
  destroyed: 'distrutto / destroyed',
} as const satisfies Record<LabStatus['hosts'][number]['state'], string>;

export function labStatusText(status: LabStatus): string {
  const { wan } = status;
  const hosts = status.hosts.map((host) => [
    host.name,
    host.site,
    host.address,
    stateWords[host.state],
    host.uptimeSeconds === null ? '' : formatDurationMs(host.uptimeSeconds * 1000),
  ]);
  const lines = status.lines.map(({ id, up }) => `${id} ${up ? 'attiva / up' : 'interrotta / cut'}`);
  const ports = status.switchPorts.map(({ port, host }) => `${port}:${host ?? '-'}`);
  const cassettes = status.cassettes.map(
    ({ label, pluggedInto }) => `${label} ${pluggedInto === null ? 'in mano / out' : `in ${pluggedInto}`}`,
  );
  return [
    `Laboratorio / lab ${status.name} (pid ${status.pid}) ${status.directory}`,
    ...table(hosts),
    `Collegamento / link: ${wan.up ? 'attivo / up' : 'interrotto / cut'}, ${wan.rateMbit} Mbit/s, perdita / loss ${wan.lossPercent} %`,
    `Linee verso i fornitori / lines to suppliers: ${lines.join(', ') || '-'}`,
    `Switch: ${ports.join(' ') || '-'}`,
    `Cassette / cassettes: ${cassettes.join(', ') || '-'}`,
  ].join('\n');
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (known, row) => row.map((cell, index) => Math.max(cell.length, known[index] ?? 0)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
