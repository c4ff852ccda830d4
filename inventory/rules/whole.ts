/** Rules that count entries or miss one: they make sense only once every entry could be read. */
import { scenarioIds } from '../schema-plan.ts';
import { type Rule, rule } from './rule.ts';

const addIt = { it: 'Aggiungere ciò che manca.', en: 'Add what is missing.' };

const sitesArePrimaryAndSecondary = rule(['sites'], ({ sites }, report) => {
  for (const role of ['primary', 'secondary'] as const) {
    if (sites.some((site) => site.role === role)) continue;
    report(
      'SITE_MISSING',
      ['sites'],
      { it: `nessuna sede ha il ruolo ${role}`, en: `no site has the role ${role}` },
      addIt,
    );
  }
});

/** A restore looks for the one domain controller and the one file server of a site; an application server is there where an application is. */
const sitesHaveTheirServers = rule(['sites', 'hosts'], ({ sites, hosts }, report) => {
  for (const [index, site] of sites.entries()) {
    for (const kind of ['domain-controller', 'file-server', 'application-server'] as const) {
      const found = hosts.filter((host) => host.site === site.id && host.kind === kind).length;
      if (found === 1 || (kind === 'application-server' && found === 0)) continue;
      report(
        'SERVER_COUNT',
        ['sites', index],
        {
          it: `${site.name}: gli host di tipo ${kind} sono ${found}, ne serve uno`,
          en: `${site.id}: there are ${found} hosts of kind ${kind}, one is needed`,
        },
        { it: 'Correggere hosts.yaml.', en: 'Correct hosts.yaml.' },
      );
    }
  }
});

const roomsHaveTheirWorkstations = rule(['sites', 'hosts'], ({ sites, hosts }, report) => {
  for (const [index, site] of sites.entries()) {
    const promised = site.rooms.reduce((sum, room) => sum + room.workstations, 0);
    const listed = hosts.filter((host) => host.site === site.id && host.kind === 'workstation').length;
    if (listed >= promised) continue;
    report(
      'WORKSTATION_COUNT',
      ['sites', index, 'rooms'],
      {
        it: `${site.name}: le stanze hanno ${promised} postazioni, hosts.yaml ne elenca ${listed}`,
        en: `${site.id}: the rooms have ${promised} workstations, hosts.yaml lists ${listed}`,
      },
      addIt,
      'warning',
    );
  }
});

const officesHaveShares = rule(['offices', 'shares'], ({ offices, shares }, report) => {
  for (const [index, office] of offices.entries()) {
    if (shares.some((share) => share.office === office.id)) continue;
    report(
      'SHARE_MISSING',
      ['offices', index],
      {
        it: `l'ufficio "${office.id}" non ha una condivisione in shares.yaml`,
        en: `office "${office.id}" has no share in shares.yaml`,
      },
      addIt,
    );
  }
});

const scenariosAreComplete = rule(['scenarios'], ({ scenarios }, report) => {
  for (const id of scenarioIds) {
    if (scenarios.some((scenario) => scenario.id === id)) continue;
    report(
      'SCENARIO_MISSING',
      ['scenarios'],
      { it: `manca lo scenario ${id}`, en: `scenario ${id} is missing` },
      addIt,
    );
  }
});

const oneActionStartsTheRto = rule(['actions'], ({ actions }, report) => {
  const starting = actions.filter((action) => action.startsRto).length;
  if (starting === 1) return;
  report(
    'RTO_START',
    ['actions'],
    {
      it: `le azioni da cui parte l'RTO sono ${starting}, deve essere una (6.2.3)`,
      en: `there are ${starting} actions that start the RTO, there must be one (6.2.3)`,
    },
    {
      it: "Mettere startsRto: true solo all'attivazione del piano DR.",
      en: 'Put startsRto: true on the activation of the DR plan only.',
    },
  );
});

/** The newest cassette must be at the secondary site when Lucca is lost. */
const cassettesWaitAtTheOtherSite = rule(['cassettes', 'rotation'], ({ cassettes, rotation }, report) => {
  const daily = cassettes.filter((cassette) => cassette.rotation === 'daily');
  if (daily.some((cassette) => cassette.homeSite === rotation.custody.site)) return;
  report(
    'NO_CASSETTE_AWAY',
    ['cassettes'],
    {
      it: `nessuna cassetta giornaliera ha sede a ${rotation.custody.site}`,
      en: `no daily cassette rests at ${rotation.custody.site}`,
    },
    { it: 'Assegnarne una a quella sede.', en: 'Assign one to that site.' },
  );
});

/** With one, either nothing is written or nothing is away on the day that it travels. */
const dailyCassettesTakeTurns = rule(['cassettes'], ({ cassettes }, report) => {
  const daily = cassettes.filter((cassette) => cassette.rotation === 'daily').length;
  if (daily >= 2) return;
  report(
    'DAILY_CASSETTES',
    ['cassettes'],
    {
      it: `le cassette giornaliere sono ${daily}: il giorno in cui una viaggia non si copia su nulla`,
      en: `there are ${daily} daily cassettes: on the day that one travels, nothing is backed up`,
    },
    addIt,
    'warning',
  );
});

const servicesHaveADesk = rule(['desks', 'frontOfficeServices'], ({ desks, frontOfficeServices }, report) => {
  for (const [index, service] of frontOfficeServices.entries()) {
    if (desks.some((desk) => desk.frontOfficeService === service.id)) continue;
    report(
      'SERVICE_WITHOUT_DESK',
      ['frontOfficeServices', index],
      {
        it: `${service.nameIt}: nessuna postazione lo offre`,
        en: `${service.nameEn}: no desk gives it`,
      },
      {
        it: 'Assegnarlo a una postazione in hosts.yaml.',
        en: 'Assign it to a desk in hosts.yaml.',
      },
      'warning',
    );
  }
});

export const wholeRules: readonly Rule[] = [
  sitesArePrimaryAndSecondary,
  sitesHaveTheirServers,
  roomsHaveTheirWorkstations,
  officesHaveShares,
  scenariosAreComplete,
  oneActionStartsTheRto,
  cassettesWaitAtTheOtherSite,
  dailyCassettesTakeTurns,
  servicesHaveADesk,
];
