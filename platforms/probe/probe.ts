/** The look of one desk at the suppliers' services and at our own applications: what probe.py saw, read back. */
import { z } from 'zod';
import { DrError } from '../../core/errors.ts';
import { runPython } from '../remote.ts';
import type { RemoteHost } from '../ssh.ts';

const tcpSchema = z.strictObject({ address: z.string(), error: z.string().nullable() });
const httpSchema = z.strictObject({
  status: z.number().nullable(),
  contains: z.boolean(),
  location: z.string().nullable(),
  /** How far the desk's clock is before the server's; null where the server tells no time. Whole seconds (RFC 9110, Date). */
  aheadSeconds: z.number().nullable(),
  error: z.string().nullable(),
});
const seenSchema = z.strictObject({
  line: z.string(),
  endpoint: z.string(),
  elapsedMs: z.number(),
  dns: z.strictObject({ addresses: z.array(z.string()), error: z.string().nullable() }),
  /** Null from the first part that was not come to. */
  tcp: tcpSchema.nullable(),
  tls: z
    .strictObject({
      trust: z.enum(['good', 'expired', 'not-yet-valid', 'other-name', 'untrusted', 'no-tls']),
      reason: z.string(),
      certificate: z
        .strictObject({
          names: z.array(z.string()),
          issuer: z.array(z.string()),
          notBeforeUtc: z.iso.datetime(),
          notAfterUtc: z.iso.datetime(),
        })
        .nullable(),
    })
    .nullable(),
  http: httpSchema.nullable(),
});
/** What came of one endpoint through one line. */
export type Seen = z.infer<typeof seenSchema>;

const applicationSeenSchema = z.strictObject({
  application: z.string(),
  tcp: tcpSchema,
  http: httpSchema.nullable(),
});
export type ApplicationSeen = z.infer<typeof applicationSeenSchema>;

const answerSchema = z.strictObject({
  /** `ready`: its router is there; null where the desk could not use the line at all, and so nothing is known of it. */
  lines: z.array(
    z.strictObject({
      line: z.string(),
      ready: z.boolean().nullable(),
      reason: z.string(),
      /** What came of a connection to its resolver: `open`, `refused` (it is there, and no resolver), or why there was none. */
      resolver: z.string().nullable(),
    }),
  ),
  /** Those that did not come to an end in time are missing. */
  seen: z.array(seenSchema),
  applications: z.array(applicationSeenSchema),
});
export type DeskLook = z.infer<typeof answerSchema>;

export type ProbeRequest = {
  lines: readonly { id: string; gateway: string; resolver: string }[];
  endpoints: readonly { id: string; host: string; port: number; path: string; contains: string }[];
  applications: readonly {
    id: string;
    address: string;
    port: number;
    path: string;
    contains: string | null;
  }[];
};

/** The longest that a desk looks; a part that answers slowly is given up before (see probe.py). */
export const BUDGET_SECONDS = 12;

/** @throws DrError REMOTE_FAILED when the desk can't look, PROBE_ANSWER when it says something else */
export async function lookFromDesk(host: RemoteHost, request: ProbeRequest): Promise<DeskLook> {
  const text = await runPython(host, new URL('probe.py', import.meta.url), {
    ...request,
    budgetSeconds: BUDGET_SECONDS,
  });
  try {
    return answerSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new DrError(
      'PROBE_ANSWER',
      `${host.name}: la sonda ha dato una risposta che non si capisce. / The probe gave an answer that is not understood.`,
      'Ripetere; se si ripete, conservare il registro. / Run again; if it happens again, keep the log.',
      { cause: error },
    );
  }
}
