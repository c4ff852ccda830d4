/** Runs one of this folder's python programs on the machine with the cassette. */
import { runPython } from '../../platforms/remote.ts';
import type { DetectionSite } from './site.ts';

export async function applyPython(site: DetectionSite, program: string, input: unknown): Promise<void> {
  await runPython(site.host, new URL(program, import.meta.url), input);
}
