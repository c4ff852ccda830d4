export const longPath = `${'cartella-molto-lunga/'.repeat(60)}${'x'.repeat(400)}.xlsx`;

/** Strings as file names, messages and notes could hold them, which anyone can choose. */
export const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style><script>alert(1)</script>',
  '</title><h1>x</h1>',
  'javascript:alert(1)',
  'שלום עולם.xlsx',
  'fattura\u202Exslx.exe',
  'nul\u0000 e\u001B[31m rosso\r\n',
  '\uD800 mezzo',
  '--><!--',
  longPath,
];
