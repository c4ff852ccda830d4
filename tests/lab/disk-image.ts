import { run } from '../../platforms/exec.ts';

/** Copies a disk image without filling its holes. */
export async function copySparse(from: string, to: string): Promise<void> {
  await run('cp', ['--sparse=always', '--reflink=auto', from, to]);
}
