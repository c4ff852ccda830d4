/** What a user of an application does, over HTTP, from the desk where the user would sit. */
import type { Application } from '../../../inventory/schema-applications.ts';
import type { RemoteHost } from '../../ssh.ts';

export type DialogueStep = 'health' | 'log-on' | 'read' | 'write';
export type DialogueOutcome = {
  step: DialogueStep;
  outcome: 'PASS' | 'FAIL' | 'NOT VERIFIABLE';
  evidence: string;
};
export type DialogueRequest = Pick<Application, 'account' | 'health' | 'dialogue'> & {
  /** `http://address:port` */
  url: string;
  password: string;
};

/** Asks for health, then logs on, reads and writes; what follows a failure could not be checked. */
export async function runDialogue(host: RemoteHost, { url }: DialogueRequest): Promise<DialogueOutcome[]> {
  const evidence = `${url}: nessuno la interroga ancora da ${host.name} / nobody asks it yet`;
  return await Promise.resolve(
    (['health', 'log-on', 'read', 'write'] as const).map((step) => ({
      step,
      outcome: 'NOT VERIFIABLE',
      evidence,
    })),
  );
}
