/** One JSON object a line, appended by writers that may die in the middle of one. */
import type { z } from 'zod';

/** What a line says; undefined for a line that was torn, or says something else. */
export function parseJsonLine<T>(schema: z.ZodType<T>, line: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
