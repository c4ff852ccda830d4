/**
 * The facts of the two documents: the continuity plan (`piano`) and the feasibility study (`studio`).
 * Each document's figures stand side by side, so that disagreements.ts can compare them.
 */
import { z } from 'zod';
import {
  addressSchema,
  bilingual,
  hours,
  isoDate,
  positiveCount,
  slug,
  sourceSchema,
  textLike,
  words,
} from './schema-common.ts';

const source = sourceSchema;

/** A document that facts come from. `clauses` are the ones that facts may name, so that a wrong clause is found. */
export const documentSchema = z.strictObject({
  id: slug,
  ...bilingual,
  clauses: z.array(words).min(1),
});
export type SourceDocument = z.infer<typeof documentSchema>;

/** A date in the life of the plan. */
export const milestoneSchema = z.strictObject({ id: slug, ...bilingual, date: isoDate, source });
export type PlanMilestone = z.infer<typeof milestoneSchema>;

/** A condition under which the national agency (AgID) approved the study. */
export const opinionConditionSchema = z.strictObject({ number: positiveCount, ...bilingual, source });
export type OpinionCondition = z.infer<typeof opinionConditionSchema>;

/** An office as the study's organisation chart has it. */
export const organisationUnitSchema = z.strictObject({ id: slug, name: words, department: words, source });
export type OrganisationUnit = z.infer<typeof organisationUnitSchema>;

/** A role of the plan, never the person who holds it (that is in `local/people.yaml`). */
export const roleSchema = z.strictObject({
  id: slug,
  ...bilingual,
  /** True when the plan counts on somebody holding it in a crisis (chapters 4 and 6). */
  actsInCrisis: z.boolean(),
  /** Another role that the documents give to the same person. */
  sameAs: slug.optional(),
  source,
});
export type Role = z.infer<typeof roleSchema>;

/** A team of chapter 7. `headCount` is the sum over its offices, or the number of its roles where the plan names no offices. */
export const teamSchema = z.strictObject({
  id: slug,
  ...bilingual,
  headCount: positiveCount,
  roles: z.array(slug),
  offices: z.array(z.strictObject({ office: slug, headCount: positiveCount })),
  source,
});
export type Team = z.infer<typeof teamSchema>;

/** Teams that the plan fills with the same people: how many persons there really are. */
export const sharedStaffSchema = z.strictObject({
  teams: z.array(slug).min(2),
  distinctPersons: positiveCount,
  source,
});
export type SharedStaff = z.infer<typeof sharedStaffSchema>;

/** Who can be called outside office hours. */
export const availabilitySchema = z.strictObject({
  id: slug,
  roles: z.array(slug).min(1),
  when: z.enum(['always', 'friday-to-sunday']),
  /** How many of `roles` are on call at a time; absent means all of them. */
  onCall: positiveCount.optional(),
  source,
});
export type Availability = z.infer<typeof availabilitySchema>;

/** A supplier, the Chamber itself included; `switchboard` is the company's number, never a person's. */
export const supplierSchema = z.strictObject({
  id: slug,
  name: words,
  ...bilingual,
  address: addressSchema.optional(),
  switchboard: textLike(
    /^0\d{1,3}[ -]\d{5,8}$/,
    'serve il numero di un centralino fisso, per esempio 049-8089610',
    'the number of a switchboard (fixed line) is needed, for example 049-8089610',
  ).optional(),
  /** Acts and arrangements that the contract rests on. */
  contract: z.array(words).optional(),
  /** The supplier's own crisis procedure, as each document calls it. */
  crisisProcedure: z.array(z.strictObject({ reference: words, source })).optional(),
  source,
});
export type Supplier = z.infer<typeof supplierSchema>;

export const criticalityClasses = ['bassa', 'media', 'alta'] as const;
const tier = z.number().int().min(1).max(6);
const userType = z.enum(['heterogeneous', 'enterprises', 'internal']);
const measures = {
  criticalityIndex: z.number().int().min(1).max(10),
  criticalityClass: z.enum(criticalityClasses),
  tier,
  rpoHours: hours,
  rtoHours: hours,
};
/** `purpose` is ours, short: two classes with one purpose in one document mean that the document repeats a description. */
const description = { title: words, purpose: words, components: z.array(words).min(1), userType };

/** A service class. The plan lists 17; `plan` is null for the one that only the study has. */
export const serviceClassSchema = z.strictObject({
  id: slug,
  name: words,
  /** Plan, chapter 5; `tier` is the solution that the plan assigns. */
  plan: z.strictObject({ ...description, supplier: slug, ...measures, source }).nullable(),
  study: z.strictObject({
    /** Study 3.1.1. */
    listed: z.strictObject({ ...description, outsourcer: slug.optional(), source }),
    /** Study 4: the self-assessment; `tier` is the least that it asks for, and days are given here as hours. */
    assessment: z.strictObject({ ...measures, source }),
    /** Study 5.2: the summary of classes and solutions. */
    summary: z.strictObject({
      criticalityClass: z.enum(criticalityClasses),
      minimumTier: tier,
      solutions: z.array(z.strictObject({ solution: slug, present: z.boolean() })).min(1),
      source,
    }),
  }),
});
export type ServiceClass = z.infer<typeof serviceClassSchema>;

/** A service that the study leaves out of its scope. */
export const outOfScopeServiceSchema = z.strictObject({
  id: slug,
  name: words,
  purpose: words,
  userType,
  criticalityClass: z.enum(criticalityClasses),
  reasonIt: words,
  reasonEn: words,
  source,
});
export type OutOfScopeService = z.infer<typeof outOfScopeServiceSchema>;

/** A service given by certifiers that the national agency supervises: in no class, so with neither RTO nor RPO here. */
export const certifiedServiceSchema = z.strictObject({ id: slug, ...bilingual, source });
export type CertifiedService = z.infer<typeof certifiedServiceSchema>;

export const comparedFields = ['presence', 'tier', 'rtoHours', 'rpoHours'] as const;
/** A difference from the study that the plan itself declares and explains: its finding says so. */
export const declaredChangeSchema = z.strictObject({
  serviceClass: slug,
  fields: z.array(z.enum(comparedFields)),
  reasonIt: words,
  reasonEn: words,
  source,
});
export type DeclaredChange = z.infer<typeof declaredChangeSchema>;

/** How many of each the documents say there are, to be compared with how many they list. */
export const declaredCountsSchema = z.strictObject({
  serviceClasses: positiveCount,
  outOfScopeServices: positiveCount,
  solutions: positiveCount,
  source,
});
export type DeclaredCounts = z.infer<typeof declaredCountsSchema>;

/** When a solution is ready. */
const readinessSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('in-place'), source }),
  z.strictObject({
    kind: z.literal('by-month'),
    month: textLike(
      /^\d{4}-(0[1-9]|1[0-2])$/,
      'serve un mese, per esempio 2015-11',
      'a month is needed, for example 2015-11',
    ),
    source,
  }),
  /** Months after the national agency's opinion. */
  z.strictObject({
    kind: z.literal('after-opinion'),
    solutionMonths: positiveCount,
    continuityPlanMonths: positiveCount,
    recoveryPlanMonths: positiveCount,
    source,
  }),
]);

/** Where a solution runs; `site` when it is one of our two. */
const placeSchema = z.strictObject({ place: words, street: words.optional(), site: slug.optional() });

/** One of the study's five technical solutions (study 5.1). */
export const solutionSchema = z.strictObject({
  id: slug,
  name: words,
  tier,
  status: z.enum(['adopted', 'to-be-adopted']),
  operator: slug,
  rtoHours: hours,
  /** For every class it covers, but for the exceptions. */
  rpoHours: hours,
  rpoExceptions: z.array(z.strictObject({ rpoHours: hours, serviceClasses: z.array(slug).min(1) })),
  /** Where the study itself says why an RPO is wider than the class's. */
  rpoExplained: z.array(z.strictObject({ serviceClass: slug, reasonIt: words, reasonEn: words })),
  /** Study 5.3 promises the restart in working days, the sheet an RTO in hours. */
  restart: z.strictObject({ withinWorkingDays: positiveCount, source }),
  covers: z
    .array(
      z.strictObject({
        serviceClass: slug,
        /** Parts of the class named in the table of 5.1; empty means the whole class. */
        parts: z.array(words),
        /** Parts named in the solution's own sheet. */
        sheetParts: z.array(words),
      }),
    )
    .min(1),
  production: placeSchema,
  recovery: placeSchema,
  distanceKm: z.number().positive().nullable(),
  availabilityPercent: z.number().positive().max(100).nullable(),
  /** An upper bound, or the figure where the study gives one. */
  dailyTransferGb: z.number().positive(),
  storageTb: z.number().positive().nullable(),
  /** How much less computing power the recovery place has. */
  recoveryPowerLessPercent: z.number().min(0).max(100).nullable(),
  sensitiveData: z.boolean(),
  /** Work places needed; null where the study leaves it open. */
  workplaces: z.strictObject({ ordinary: positiveCount.nullable(), emergency: positiveCount }).nullable(),
  readiness: readinessSchema,
  source,
});
export type Solution = z.infer<typeof solutionSchema>;

export const scenarioIds = ['D1', 'D2', 'D3'] as const;
/** A disaster that the plan prepares for. */
export const scenarioSchema = z.strictObject({
  id: z.enum(scenarioIds),
  ...bilingual,
  technology: z.enum(['unusable', 'partly-unusable']),
  primarySite: z.enum(['unusable', 'usable']),
  examples: z.array(words).min(1),
  source,
});
export type Scenario = z.infer<typeof scenarioSchema>;

/** How an incident becomes a crisis. */
export const escalationSchema = z.strictObject({
  /** An outage longer than this is told to the continuity manager. */
  outageHours: hours,
  detectedBy: slug,
  assessedBy: slug,
  /** Who says that it is a crisis, and where that stands. */
  declaredBy: z.strictObject({ role: slug, source }),
  /** What makes the crisis committee necessary. */
  triggers: z.array(z.strictObject(bilingual)).min(1),
  source,
});
export type Escalation = z.infer<typeof escalationSchema>;

/** One action of the plan's chapter 6; `source.clause` orders them. */
export const actionSchema = z.strictObject({
  id: slug,
  ...bilingual,
  phase: z.enum(['reaction', 'emergency', 'closure']),
  responsible: slug,
  /** The other roles that take part. */
  with: z.array(slug),
  /** True for the action from which the RTO is counted. */
  startsRto: z.boolean().default(false),
  source,
});
export type PlanAction = z.infer<typeof actionSchema>;

/** A service that Viareggio gives to the public in an emergency. */
export const frontOfficeServiceSchema = z.strictObject({
  id: slug,
  ...bilingual,
  serviceClasses: z.array(slug),
  certifiedServices: z.array(slug),
  /** Days within which a filing must be examined. */
  deadlineDays: positiveCount.optional(),
  /** True when it can also be given from home over VPN. */
  remote: z.boolean(),
  /** What a desk needs for it besides its office's share and the endpoints and applications of its service classes. */
  needs: z.strictObject({
    /** Of workstations.yaml. */
    workstationServices: z.array(slug),
    printer: z.boolean(),
  }),
  source,
});
export type FrontOfficeService = z.infer<typeof frontOfficeServiceSchema>;

/** What the Chamber would do when Lucca stays closed for long. */
export const mutualAidSchema = z.strictObject({
  afterWeeks: positiveCount,
  workstations: positiveCount,
  source,
});
export type MutualAid = z.infer<typeof mutualAidSchema>;

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const timeOfDay = textLike(
  /^([01]\d|2[0-3]):[0-5]\d$/,
  'serve un orario fra virgolette, per esempio "09:00"',
  'a time of day in quotes is needed, for example "09:00"',
);

/** When a counter at Viareggio is open in an emergency; times are local (Europe/Rome). */
export const openingHoursSchema = z.strictObject({
  id: slug,
  ...bilingual,
  byAppointment: z.boolean(),
  hours: z
    .array(z.strictObject({ days: z.array(z.enum(weekdays)).min(1), from: timeOfDay, to: timeOfDay }))
    .min(1),
  /** The classes it serves, where the counter names them. */
  serviceClasses: z.array(slug),
  source,
  /** The clauses of the same document that say it again. */
  repeatedIn: z.array(words),
});
export type OpeningHours = z.infer<typeof openingHoursSchema>;

/** A test, review or meeting that must come round again. */
export const recurringDutySchema = z.strictObject({
  id: slug,
  ...bilingual,
  /** What is looked at: two duties with one subject should agree. */
  subject: slug,
  /** False when the document says that it can be left out. */
  needed: z.boolean(),
  /** Null when the document does not say how often. */
  everyMonths: positiveCount.nullable(),
  source,
});
export type RecurringDuty = z.infer<typeof recurringDutySchema>;
