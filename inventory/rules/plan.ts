/** Head-counts, hours and targets. */
import { type Rule, rule } from './rule.ts';

const headCountsAddUp = rule(['teams'], ({ teams }, report) => {
  for (const [index, team] of teams.entries()) {
    const sum =
      team.offices.length > 0
        ? team.offices.reduce((total, office) => total + office.headCount, 0)
        : team.roles.length;
    if (sum !== team.headCount) {
      report(
        'HEAD_COUNT',
        ['teams', index, 'headCount'],
        {
          it: `${team.nameIt}: ${team.headCount} persone in tutto, ma uffici o ruoli ne danno ${sum}`,
          en: `${team.nameEn}: ${team.headCount} persons in all, but offices or roles make ${sum}`,
        },
        { it: 'Correggere il totale o le sue parti.', en: 'Correct the total or its parts.' },
      );
    }
    if (team.headCount === 1) {
      report(
        'NO_SUBSTITUTE',
        ['teams', index, 'headCount'],
        {
          it: `${team.nameIt}: una sola persona, nessuna sostituzione possibile`,
          en: `${team.nameEn}: one person only, nobody can stand in`,
        },
        {
          it: 'Indicare almeno un sostituto nel piano (6.2.1 prevede sostituzioni).',
          en: 'Name a substitute in the plan (6.2.1 counts on substitutes).',
        },
        'warning',
      );
    }
  }
});

const sharedStaffFits = rule(['teams', 'sharedStaff'], ({ teams, sharedStaff }, report) => {
  for (const [index, shared] of sharedStaff.entries()) {
    const counts = teams.filter(({ id }) => shared.teams.includes(id)).map(({ headCount }) => headCount);
    const most = counts.reduce((sum, headCount) => sum + headCount, 0);
    if (shared.distinctPersons <= most && shared.distinctPersons >= Math.max(...counts)) continue;
    report(
      'HEAD_COUNT',
      ['sharedStaff', index, 'distinctPersons'],
      {
        it: `${shared.distinctPersons} persone distinte non sono possibili: i team ne contano ${counts.join(' + ')}`,
        en: `${shared.distinctPersons} distinct persons are not possible: the teams count ${counts.join(' + ')}`,
      },
      { it: 'Correggere il numero.', en: 'Correct the number.' },
    );
  }
});

const hoursAreSound = rule(['openingHours'], ({ openingHours }, report) => {
  for (const [index, counter] of openingHours.entries()) {
    for (const [position, span] of counter.hours.entries()) {
      const clash = counter.hours
        .slice(0, position)
        .some(
          (other) =>
            other.days.some((day) => span.days.includes(day)) && other.from < span.to && span.from < other.to,
        );
      if (span.from < span.to && !clash) continue;
      report(
        'OPENING_HOURS',
        ['openingHours', index, 'hours', position],
        {
          it: `${counter.nameIt}: l'orario finisce prima di cominciare o si sovrappone a un altro`,
          en: `${counter.nameEn}: these hours end before they begin, or overlap others`,
        },
        { it: 'Correggere gli orari.', en: 'Correct the hours.' },
      );
    }
  }
});

const targetsComeFromThePlan = rule(['targets', 'serviceClasses'], ({ targets, serviceClasses }, report) => {
  const target = targets.fileServerAndDomain;
  const plan = serviceClasses.find(({ id }) => id === target.fromServiceClass)?.plan;
  for (const field of ['rtoHours', 'rpoHours'] as const) {
    if (plan === undefined || plan === null || plan[field] === target[field]) continue;
    report(
      'TARGET_NOT_THE_PLANS',
      ['targets', 'fileServerAndDomain', field],
      {
        it: `l'obiettivo è ${target[field]} h, ma il piano dà ${plan[field]} h a "${target.fromServiceClass}"`,
        en: `the target is ${target[field]} h, but the plan gives "${target.fromServiceClass}" ${plan[field]} h`,
      },
      {
        it: 'Riportare qui il valore del piano, o cambiare la classe da cui viene.',
        en: "Take over the plan's figure, or change the class it comes from.",
      },
    );
  }
});

const backupsMeetTheRpo = rule(['targets', 'rotation'], ({ targets, rotation }, report) => {
  const { rpoHours } = targets.fileServerAndDomain;
  const every = rotation.backupEveryHours.value;
  if (every <= rpoHours) return;
  report(
    'BACKUP_TOO_RARE',
    ['rotation', 'backupEveryHours', 'value'],
    {
      it: `un backup ogni ${every} h non può rispettare un RPO di ${rpoHours} h`,
      en: `a backup every ${every} h can't meet an RPO of ${rpoHours} h`,
    },
    { it: 'Fare il backup più spesso.', en: 'Back up more often.' },
  );
});

export const planRules: readonly Rule[] = [
  headCountsAddUp,
  sharedStaffFits,
  hoursAreSound,
  targetsComeFromThePlan,
  backupsMeetTheRpo,
];
