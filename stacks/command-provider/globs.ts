/**
 * The patterns of assetPaths and archivePaths: `*` and `?` stop at `/`, `**` does not, `[a-z]`, `[!a-z]`, `{one,two}`, `\` makes the
 * next character plain.
 */

const tokens = /\\(.)|\*\*|\*|\?|\[!?[^\]]*\]|[{},]|./gs;

/** @throws Error when a pattern cannot be read. */
export function globToRegExp(pattern: string): RegExp {
  let depth = 0;
  const body = pattern.replaceAll(tokens, (token, escaped: string | undefined) => {
    if (escaped !== undefined) return literal(escaped);
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.startsWith('[') && token.length > 1) return token.replace(/^\[!/, '[^');
    if (token === '{') {
      depth += 1;
      return '(?:';
    }
    if (token === '}' && depth > 0) {
      depth -= 1;
      return ')';
    }
    return token === ',' && depth > 0 ? '|' : literal(token);
  });
  if (depth > 0) throw new Error(`unexpected end of pattern ${JSON.stringify(pattern)}: { is not closed`);
  return new RegExp(`^${body}$`, 's');
}

function literal(character: string): string {
  return character.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
