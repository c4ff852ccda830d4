/** Applications: where they run, and that none takes what is another's. */
import { type Application, type DialogueRequest, replacePlaceholders } from '../schema-applications.ts';
import { type Rule, rule } from './rule.ts';

const serversAreApplicationServers = rule(['applications', 'hosts'], ({ applications, hosts }, report) => {
  for (const [index, { id, servers }] of applications.entries()) {
    for (const [site, name] of Object.entries(servers)) {
      const host = hosts.find((one) => one.name === name);
      if (host === undefined || (host.kind === 'application-server' && host.site === site)) continue;
      report(
        'NOT_AN_APPLICATION_SERVER',
        ['applications', index, 'servers', site],
        {
          it: `${id}: ${name} non è un server applicativo della sede ${site}`,
          en: `${id}: ${name} is not an application server of site ${site}`,
        },
        {
          it: 'Indicare un host di tipo application-server di quella sede.',
          en: 'Name a host of kind application-server at that site.',
        },
      );
    }
  }
});

/** Two applications of one server share its addresses, its engines and its disk. */
const applicationsStandApart = rule(['applications'], ({ applications }, report) => {
  for (const [index, application] of applications.entries()) {
    const earlier = applications.slice(0, index).filter((other) => shareAServer(application, other));
    for (const { key, it, en, path } of claims) {
      const taken = earlier.find((other) => key(other) === key(application));
      if (taken === undefined) continue;
      report(
        'APPLICATIONS_COLLIDE',
        ['applications', index, ...path],
        {
          it: `${application.id}: ${it} "${key(application)}" è già di ${taken.id} sullo stesso server`,
          en: `${application.id}: ${en} "${key(application)}" is already ${taken.id}'s on the same server`,
        },
        { it: 'Darne un altro a una delle due.', en: 'Give one of them another.' },
      );
    }
  }
});

const claims: readonly {
  key: (application: Application) => string;
  it: string;
  en: string;
  path: readonly string[];
}[] = [
  { key: ({ port }) => String(port), it: 'la porta', en: 'port', path: ['port'] },
  {
    key: ({ database }) => `${database.engine}:${database.name}`,
    it: 'la base dati',
    en: 'database',
    path: ['database', 'name'],
  },
];

function shareAServer(one: Application, other: Application): boolean {
  return one.servers.lucca === other.servers.lucca || one.servers.viareggio === other.servers.viareggio;
}

/** A folder inside another's would be restored twice, and taken away with it. */
const foldersStandApart = rule(['applications'], ({ applications }, report) => {
  const owned = applications.flatMap(({ id, folders }, index) =>
    folders.map((folder, position) => ({ id, folder, path: ['applications', index, 'folders', position] })),
  );
  for (const { id, folder, path } of owned) {
    const outer = owned.find((other) => folder.startsWith(`${other.folder}/`));
    if (outer === undefined) continue;
    report(
      'FOLDERS_NESTED',
      path,
      {
        it: `${id}: "${folder}" sta dentro "${outer.folder}" di ${outer.id}`,
        en: `${id}: "${folder}" is inside "${outer.folder}" of ${outer.id}`,
      },
      { it: 'Indicare solo la cartella più esterna.', en: 'Name the outer folder only.' },
    );
  }
});

const GIVEN_NAMES = ['account', 'password', 'stamp'];

/** A request can use what is given and what a request before it has captured. */
const dialoguesKnowTheirNames = rule(['applications'], ({ applications }, report) => {
  for (const [index, { id, dialogue }] of applications.entries()) {
    const known = new Set(GIVEN_NAMES);
    for (const part of ['logOn', 'read', 'write'] as const) {
      for (const [position, request] of dialogue[part].entries()) {
        const unknown = namesIn(request).find((name) => !known.has(name));
        for (const name of Object.keys(request.capture ?? {})) known.add(name);
        if (unknown === undefined) continue;
        report(
          'UNKNOWN_PLACEHOLDER',
          ['applications', index, 'dialogue', part, position],
          {
            it: `${id}: "\${${unknown}}" non è dato e nessuna richiesta precedente lo cattura`,
            en: `${id}: "\${${unknown}}" is not given, and no request before it captures it`,
          },
          {
            it: `Sono dati: ${GIVEN_NAMES.join(', ')}; gli altri nomi vengono da "capture".`,
            en: `Given are: ${GIVEN_NAMES.join(', ')}; other names come from "capture".`,
          },
        );
      }
    }
  }
});

function namesIn({ path, headers = {}, body = '', expect }: DialogueRequest): string[] {
  const text = [path, ...Object.values(headers), body, expect.contains ?? ''].join('\n');
  const found: string[] = [];
  replacePlaceholders(text, (names) => {
    found.push(...names);
    return '';
  });
  return found;
}

export const applicationRules: readonly Rule[] = [
  serversAreApplicationServers,
  applicationsStandApart,
  foldersStandApart,
  dialoguesKnowTheirNames,
];
