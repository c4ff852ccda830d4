/** The package's schema, as far as we serve it: what `pulumi package get-schema` shows. */
import { COMMAND_PROVIDER_VERSION } from '../../platforms/cache.ts';

export const COMMAND_TYPE = 'command:local:Command';

const text = { type: 'string' };
const texts = { type: 'array', items: text };
const inputProperties = {
  create: text,
  update: text,
  delete: text,
  stdin: text,
  dir: text,
  logging: text,
  interpreter: texts,
  environment: { type: 'object', additionalProperties: text },
  assetPaths: texts,
  archivePaths: texts,
  triggers: { type: 'array', items: { $ref: 'pulumi.json#/Any' }, replaceOnChanges: true },
  addPreviousOutputInEnv: { type: 'boolean' },
};

export const packageSchema = {
  name: 'command',
  version: COMMAND_PROVIDER_VERSION,
  description: 'Local commands only, served by lucca-dr where the official plugin cannot be had',
  resources: {
    [COMMAND_TYPE]: {
      inputProperties,
      properties: {
        ...inputProperties,
        stdout: text,
        stderr: text,
        assets: { type: 'object', additionalProperties: { $ref: 'pulumi.json#/Asset' } },
        archive: { $ref: 'pulumi.json#/Archive' },
      },
      required: ['stdout', 'stderr'],
    },
  },
};
