/** Every fixed text of the report in Italian and English. */
import type {
  CoverageStatus,
  PartName,
  ReasonCode,
  RtoClock,
  RunState,
  Step,
} from '../runbooks/clock/model.ts';
import type { Origin, RunKind } from '../runbooks/evidence/evidence.ts';
import type { Phase } from '../runbooks/plan/model.ts';

export const locales = ['it', 'en'] as const;
export type Locale = (typeof locales)[number];
/** The same thing said in both languages; plain text, not HTML. */
export type Text = { it: string; en: string };

export const text = (it: string, en: string): Text => ({ it, en });

/** Joins texts language by language. */
export function join(parts: readonly Text[], separator: string): Text {
  return text(parts.map(({ it }) => it).join(separator), parts.map(({ en }) => en).join(separator));
}

/** `count` things, with the right form of the noun in each language. */
export function counted(count: number, one: Text, many: Text): Text {
  const noun = count === 1 ? one : many;
  return text(`${count} ${noun.it}`, `${count} ${noun.en}`);
}

export const kindTexts = {
  drill: text('Prova di disaster recovery', 'Disaster recovery drill'),
  restore: text('Ripristino di disaster recovery', 'Disaster recovery restore'),
  return: text('Rientro a Lucca', 'Return to Lucca'),
} satisfies Record<RunKind, Text>;

/** From which site to which. */
export const routeTexts = {
  drill: 'Lucca → Viareggio',
  restore: 'Lucca → Viareggio',
  return: 'Viareggio → Lucca',
} satisfies Record<RunKind, string>;

/** Said wherever the times of a return stand: nobody must take their good looks for a target that was met. */
export const noTargetText = text(
  'Il piano non fissa un tempo per il rientro: nessun obiettivo, nessun giudizio sul tempo',
  'The plan sets no time for the return: no target, and no verdict on the time',
);

export const scenarioTexts = {
  D1: text('D1, disastro grave', 'D1, grave disaster'),
  D2: text('D2, disastro tecnologico', 'D2, technological disaster'),
  D3: text('D3, gravi danni parziali', 'D3, grave partial damage'),
} satisfies Record<NonNullable<RunState['scenario']>, Text>;

/** `Disaster recovery drill, D1, grave disaster`; a return has no scenario. */
export function runTitle({ kind, scenario }: Pick<RunState, 'kind' | 'scenario'>): Text {
  return scenario === null ? kindTexts[kind] : join([kindTexts[kind], scenarioTexts[scenario]], ', ');
}

export const verdictTexts = {
  PASS: text('Superata', 'Passed'),
  DECLARED: text('Risolta, come dichiarato dalle persone', 'Resolved, as people declared'),
  FAIL: text('Non superata', 'Failed'),
  'NOT CARRIED OUT': text('Non portata a termine', 'Not carried out'),
} satisfies Record<RunState['verdict']['outcome'], Text>;

export const checkOutcomeTexts = {
  PASS: text('PASS', 'PASS'),
  FAIL: text('FAIL', 'FAIL'),
  'NOT VERIFIABLE': text('NON VERIFICABILE', 'NOT VERIFIABLE'),
} satisfies Record<RtoClock['outcome'], Text>;

export const stepOutcomeTexts = {
  done: text('fatto', 'done'),
  unchanged: text('già a posto', 'unchanged'),
  failed: text('fallito', 'failed'),
  skipped: text('saltato', 'skipped'),
  'cut-off': text('interrotto, esito ignoto', 'cut off, outcome unknown'),
  withdrawn: text('richiesta ritirata', 'request withdrawn'),
  'not-needed': text('non serviva', 'not needed'),
  running: text('non concluso', 'not ended'),
  interrupted: text('interrotto', 'interrupted'),
  planned: text('non eseguito', 'not run'),
} satisfies Record<Step['outcome'], Text>;

export const stepKindTexts = {
  machine: text('macchina', 'machine'),
  check: text('controllo', 'check'),
  human: text('persona', 'human'),
  notify: text('avviso', 'notice'),
} satisfies Record<Step['kind'], Text>;

/** As the plan heads its chapters. */
export const phaseTexts = {
  preparation: text('Preparazione', 'Preparation'),
  reaction: text('6.1 Reazione all’emergenza', '6.1 Reaction to the emergency'),
  management: text('6.2 Gestione dell’emergenza', '6.2 Management of the emergency'),
  closing: text('6.3 Chiusura dell’emergenza', '6.3 Closing of the emergency'),
  return: text('Rientro a Lucca', 'Return to Lucca'),
} satisfies Record<Phase, Text>;

/** What can be answered to any step; the options of a decision have their own words in the evidence. */
export const choiceTexts: Record<string, Text | undefined> = {
  done: text('fatto', 'done'),
  failed: text('non riuscito', 'failed'),
  skipped: text('saltare', 'skip'),
  retry: text('riprovare', 'try again'),
  send: text('inviare', 'send'),
  override: text('scavalcare il blocco', 'override the interlock'),
  'override-alive': text(
    'scavalcare il blocco anche se Lucca risponde',
    'override the interlock even though Lucca answers',
  ),
};

export const partTexts = {
  decision: text('Decisione', 'Decision'),
  travel: text('Viaggio', 'Travel'),
  human: text('Persone', 'Human'),
  machine: text('Macchina', 'Machine'),
  rework: text('Rifacimenti', 'Rework'),
  idle: text('Attesa', 'Idle'),
} satisfies Record<PartName, Text>;

export const originTexts = {
  measured: text('misurato', 'measured'),
  declared: text('dichiarato', 'declared'),
  simulated: text('simulato', 'simulated'),
} satisfies Record<Origin, Text>;

/** How a service class, a service out of scope or a solution stands. */
export const coverageTexts = {
  restored: text('ripristinato e misurato', 'restored and measured'),
  probed: text('provato dalle postazioni', 'tried from the desks'),
  promised: text('promessa del fornitore', 'supplier’s promise'),
  declared: text('dichiarato', 'declared'),
  'not-covered': text('non coperto', 'not covered'),
} satisfies Record<CoverageStatus, Text>;

/** Whether a desk can open. */
export const openTexts = {
  PASS: text('può aprire', 'can open'),
  FAIL: text('non può', 'cannot'),
  'NOT VERIFIABLE': text('non si sa', 'not known'),
} satisfies Record<RtoClock['outcome'], Text>;

/** The lines of Viareggio by their ids; others are called by theirs. */
export const lineTexts: Record<string, Text | undefined> = {
  primary: text('Linea primaria', 'Primary line'),
  backup: text('Linea di backup', 'Backup line'),
};

/** Why a run is no PASS, as parts of a sentence; with `many` they are counted. */
export const reasonTexts: Record<ReasonCode, { one: Text; many?: Text }> = {
  aborted: { one: text('esecuzione interrotta', 'run aborted') },
  unfinished: { one: text('esecuzione non conclusa', 'run not finished') },
  'no-checks': { one: text('nessuna verifica eseguita', 'no check carried out') },
  'nothing-verifiable': { one: text('nessuna verifica è stata possibile', 'nothing could be verified') },
  'check-failed': {
    one: text('verifica fallita', 'check failed'),
    many: text('verifiche fallite', 'checks failed'),
  },
  'check-not-verifiable': {
    one: text('verifica non possibile', 'check not verifiable'),
    many: text('verifiche non possibili', 'checks not verifiable'),
  },
  'rto-missed': { one: text('RTO non rispettato', 'RTO missed') },
  'rto-not-verifiable': { one: text('RTO non verificabile', 'RTO not verifiable') },
  'rpo-missed': { one: text('RPO non rispettato', 'RPO missed') },
  'rpo-not-verifiable': { one: text('RPO non verificabile', 'RPO not verifiable') },
  'service-target-missed': {
    one: text('servizio oltre i suoi obiettivi', 'service beyond its targets'),
    many: text('servizi oltre i loro obiettivi', 'services beyond their targets'),
  },
  'service-not-verifiable': {
    one: text('servizio non verificabile', 'service not verifiable'),
    many: text('servizi non verificabili', 'services not verifiable'),
  },
  'step-failed': {
    one: text('passo non riuscito', 'step not done'),
    many: text('passi non riusciti', 'steps not done'),
  },
};
