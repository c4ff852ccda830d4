/** The Pulumi program of both stacks; `pulumi up` by hand and the Automation API run this same function. */
import { Config, getStack } from '@pulumi/pulumi';
import { z } from 'zod';
import { DrError } from '../core/errors.ts';
import type { Inventory } from '../inventory/schema.ts';
import { lucca } from './lucca.ts';
import { type StackSettings, settingsFrom, siteNames } from './settings.ts';
import { viareggio } from './viareggio.ts';

/** Declares the site that the stack is named after. @throws DrError STACK_CONFIG */
export function program(inventory: Inventory): Record<string, string> {
  const site = z.enum(siteNames).safeParse(getStack());
  if (!site.success) {
    throw new DrError(
      'STACK_CONFIG',
      `Lo stack "${getStack()}" non è una sede. / That stack is no site.`,
      `Sedi / sites: ${siteNames.join(', ')}`,
    );
  }
  const settings = readSettings();
  const declare = { lucca, viareggio }[site.data];
  declare(inventory, settings);
  return { role: settings.role };
}

function readSettings(): StackSettings {
  const config = new Config();
  try {
    return settingsFrom((key) => config.get(key));
  } catch (error) {
    throw new DrError(
      'STACK_CONFIG',
      `La configurazione dello stack non è completa: ${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}`,
      'Servono role (standby, exercise, active) e, se non è standby, label, snapshot e cassetteHost: "pulumi config set NOME VALORE". / Set role and, unless standby, label, snapshot and cassetteHost.',
      { cause: error },
    );
  }
}
