/** Every kind of damage and error; each once. */
import { contentsKinds } from './contents.ts';
import { custodyKinds } from './custody.ts';
import type { Kind } from './kind.ts';
import { mediumKinds } from './medium.ts';
import { repositoryKinds } from './repository.ts';

export const allKinds: readonly Kind[] = [
  ...mediumKinds,
  ...custodyKinds,
  ...repositoryKinds,
  ...contentsKinds,
];
