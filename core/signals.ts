/** Being told to end, by Ctrl-C or by whoever started the program. */

/**
 * Calls `heard` at the first of these signals; later ones do nothing. Gives what ends the listening.
 * It goes on listening after the first: what ends the programs that we started (signal-exit, in execa) sends us the signal once more
 * where it finds nobody else listening, and what is still being cleared away would be left half.
 */
export function whenTold(signals: readonly NodeJS.Signals[], heard: () => void): () => void {
  let isTold = false;
  const listener = (): void => {
    if (isTold) return;
    isTold = true;
    heard();
  };
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}
