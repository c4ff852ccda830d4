/** The sign-in sheet that replaces the attendance system while it is away (plan 3.3): one A4 page or more, Italian first, signed by hand. */
import type { Application } from '../inventory/schema-applications.ts';
import type { Sheet } from '../runbooks/paper/sheets.ts';
import { escape } from './html.ts';

const style = `
@page { size: A4; margin: 12mm; }
body { margin: 0; color: #000; font: 10pt/1.3 "Liberation Sans", Arial, sans-serif; }
h1 { margin: 0; font-size: 16pt; }
p { margin: 1mm 0; }
small { color: #444; font-size: 8pt; }
.facts { display: flex; justify-content: space-between; margin: 3mm 0; border-block: 0.4mm solid #000; padding: 1.5mm 0; }
.facts b { font-size: 12pt; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 0.2mm solid #000; padding: 0 1.5mm; text-align: left; overflow-wrap: anywhere; }
th { height: 8mm; font-size: 8.5pt; }
td { height: 9mm; }
.number { width: 9mm; text-align: right; }
.time { width: 17mm; }
.digest { font: 7pt "Liberation Mono", monospace; overflow-wrap: anywhere; }
`;

/** In the place of `application`; `shown`: the day as people write it. */
export function attendanceSheet(
  { sheetId, names, lines, digest }: Sheet,
  { nameIt, nameEn }: Pick<Application, 'nameIt' | 'nameEn'>,
  shown: string,
): string {
  const rows = Array.from({ length: lines }, (_, index) => row(index + 1, names[index] ?? ''));
  return `<!doctype html>
<html lang="it">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Foglio presenze ${escape(sheetId)}</title>
<style>${style}</style>
</head>
<body>
<p>Camera di Commercio di Lucca, sede di Viareggio</p>
<h1>Foglio presenze <small>Attendance sheet</small></h1>
<div class="facts"><span>Giorno / Day: <b>${escape(shown)}</b></span><span>Foglio / Sheet: <b>${escape(sheetId)}</b></span></div>
<p>Servizio fermo: ${escape(nameIt)}. Firmare all'entrata e all'uscita, con l'ora. Chi non è in elenco scrive il proprio nome su una riga vuota;
chi rientra lo stesso giorno usa un'altra riga vuota.
<small>Service down: ${escape(nameEn)}. Sign with the time on coming and on leaving. Not in the list, or back on the same day: use an empty line.</small></p>
<table>
<thead><tr><th class="number">N.</th><th>Nome e cognome <small>Name</small></th><th class="time">Entrata <small>In</small></th><th>Firma <small>Signature</small></th>
<th class="time">Uscita <small>Out</small></th><th>Firma <small>Signature</small></th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
<p><small>Contiene nomi: tenere sotto chiave, poi registrare le ore con "dr paper enter". / Holds names: keep it locked up, then enter the times with "dr paper enter".</small></p>
<p class="digest">SHA-256 ${digest}</p>
</body>
</html>
`;
}

function row(number: number, name: string): string {
  return `<tr><td class="number">${number}</td><td>${escape(name)}</td><td class="time"></td><td></td><td class="time"></td><td></td></tr>`;
}
