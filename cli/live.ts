/** The live page of a run: what a person does on it is said to the run, with a code in place of the name. */
import { assertNever } from '../core/errors.ts';
import type { LiveCommand, LiveReply } from '../report/live/command.ts';
import { personCode } from '../runbooks/evidence/person.ts';
import type { Command } from '../runbooks/run/command.ts';
import { askRun, type KnownRun, personFolder } from './runs.ts';

/** For the page's server. */
export function actOn(
  run: Pick<KnownRun, 'runId' | 'settings' | 'databaseUrl'>,
): (command: LiveCommand) => Promise<LiveReply> {
  const folder = personFolder(run.settings);
  return async (command) =>
    await askRun(
      run,
      withCode(command, (name) => personCode(name, folder)),
    );
}

function withCode(command: LiveCommand, codeOf: (name: string) => string): Command {
  const person = codeOf(command.name);
  switch (command.type) {
    case 'answer': {
      const { name: _name, ...said } = command;
      return { ...said, person };
    }
    case 'take-back':
    case 'declare':
    case 'abort': {
      const { name: _name, ...said } = command;
      return { ...said, person };
    }
    case 'hand-over': {
      const { role: from, to, by: role, why } = command;
      return { type: 'hand-over', from, to, role, person, why };
    }
    default:
      return assertNever(command);
  }
}
