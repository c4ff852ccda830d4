/**
 * Every error a person can meet carries three things: what happened (message), why (cause) and what to type next (hint).
 * `code` is stable: tests and other programs rely on it, never on the sentence.
 */
export class DrError extends Error {
  override readonly name = 'DrError';
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}

/** The shape in which an error crosses a process border (a script's JSON output, evidence). */
export type ErrorRecord = { code: string; message: string; hint: string };

/** Turns anything thrown into an {@link ErrorRecord}; an unexpected error keeps its message and says that it was unexpected. */
export function toErrorRecord(thrown: unknown): ErrorRecord {
  if (thrown instanceof DrError) return { code: thrown.code, message: thrown.message, hint: thrown.hint };
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: 'UNEXPECTED',
    message,
    hint: 'Errore imprevisto: conservare il registro e ripetere il comando. / Unexpected: keep the log and run the command again.',
  };
}

/** Makes a union check complete: the compiler refuses the call while a case is left over. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}

/** True when a file-system call failed because the file is not there. */
export function isMissingFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
