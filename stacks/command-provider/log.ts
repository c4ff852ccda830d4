/** What a command prints goes to the engine while it runs, as the status of its resource. */
import * as log from '@pulumi/pulumi/log/index.js';
import { DependencyResource } from '@pulumi/pulumi/resource.js';
import { resetOptions } from '@pulumi/pulumi/runtime/settings.js';

/** Shows one line of output beside the resource; done when the engine has it. */
export type LogLine = (urn: string, line: string) => Promise<void>;

/** A logger for the engine at `address` (host:port); without an address (schema only) nothing is logged. */
export function logToEngine(address: string | undefined): LogLine {
  if (address === undefined) return () => Promise.resolve();
  resetOptions('', '', 1, address, '', false, '');
  return async (urn, line) => {
    await log.info(line, new DependencyResource(urn), 0, true);
  };
}
