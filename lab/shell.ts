/** A person's own shell on a lab host, by the same keys and the same way as the scripts. */
import { DrError } from '../core/errors.ts';
import { loadAccess } from '../platforms/access.ts';
import { runOnTerminal } from '../platforms/exec.ts';
import { opensshCommand } from '../platforms/openssh.ts';

/**
 * Opens a shell, or runs `command`, on the operator's terminal; gives its exit status (255 when the host can't be reached).
 * @throws DrError LAB_HOST
 */
export async function openShell(
  accessFile: string,
  name: string,
  command: readonly string[],
): Promise<number> {
  const access = await loadAccess(accessFile);
  if (!(name in access.hosts)) {
    throw new DrError(
      'LAB_HOST',
      `Nel laboratorio non c'è un host "${name}". / The lab has no such host.`,
      `Host del laboratorio / hosts of the lab: ${Object.keys(access.hosts).join(', ')}`,
    );
  }
  // As ssh does it: the words of a command become one line for the shell there.
  const line = command.length === 0 ? undefined : command.join(' ');
  const [program = 'ssh', ...words] = opensshCommand(access, name, line);
  return await runOnTerminal(program, words);
}
