/** Where the evidence of a test lies: a folder of the test file's own, gone with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Each call gives a new path. */
export function evidencePaths(name: string): () => string {
  const folder = mkdtempSync(join(tmpdir(), `dr-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let count = 0;
  return () => {
    count += 1;
    return join(folder, `${count}.jsonl`);
  };
}
