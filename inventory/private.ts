/** Findings about the files of `local/`, whose contents are personal: a warning each, and nothing of the text repeated. */
import type { Finding, Sentence } from './findings.ts';

/** The parser's own reason, and the name of an unknown key, quote the text: `said` stands instead of them, and only the place is kept. */
export function asPrivateWarning(found: Finding, said: Sentence): Finding {
  const quotes = found.code === 'YAML_SYNTAX' || found.code === 'UNKNOWN_KEY';
  return { ...found, ...(quotes && { messageIt: said.it, messageEn: said.en }), severity: 'warning' };
}
