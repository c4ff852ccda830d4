/**
 * Who holds each role: personal data, kept in `local/people.yaml` of the inventory folder and never committed.
 * A restore must not wait for a telephone list, so whatever is wrong with it is a warning and nothing of it is repeated in a finding.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Finding, finding, type Place } from './findings.ts';
import { issueFindings } from './issues.ts';
import { asPrivateWarning } from './private.ts';
import { slug, words } from './schema-common.ts';
import { parseYamlFile } from './yaml-file.ts';

export const personSchema = z.strictObject({
  /** A role of roles.yaml. Several persons may hold one; the first is called first. */
  role: slug,
  name: words,
  phone: words,
  mobile: words.optional(),
});
export type Person = z.infer<typeof personSchema>;

const peopleFileSchema = z.strictObject({ people: z.array(personSchema) });
const peopleFile = 'local/people.yaml';

/** The persons of `<directory>/local/people.yaml`; a file that is absent or can't be used gives none, and a warning. */
export async function loadPeople(
  directory: string,
  roles: readonly string[],
): Promise<{ people: Person[]; findings: Finding[] }> {
  const text = await readFile(join(directory, peopleFile), 'utf8').catch(() => undefined);
  if (text === undefined)
    return { people: [], findings: [noPeople({ file: peopleFile, line: 1, column: 1 })] };
  const file = parseYamlFile(peopleFile, text);
  if (file.findings.length > 0) return { people: [], findings: file.findings.map(asWarning) };
  const parsed = peopleFileSchema.safeParse(file.data);
  if (!parsed.success) {
    return {
      people: [],
      findings: issueFindings(parsed.error.issues, file.data, file.locate).map(asWarning),
    };
  }
  const { people } = parsed.data;
  if (people.length === 0) return { people, findings: [noPeople(file.locate(['people']))] };
  const unknown = people.flatMap(({ role }, index) =>
    roles.includes(role) ? [] : [unknownRole(file.locate(['people', index, 'role']))],
  );
  return { people, findings: unknown };
}

const unreadable = {
  it: "l'elenco delle persone non si può leggere qui",
  en: 'the list of people cannot be read here',
};

function asWarning(found: Finding): Finding {
  return asPrivateWarning(found, unreadable);
}

function noPeople(place: Place): Finding {
  return finding(
    'warning',
    'NO_PEOPLE',
    place,
    {
      it: 'non si sa chi ricopre i ruoli (file assente o vuoto): le chiamate usciranno con il solo ruolo',
      en: 'who holds the roles is not known (no file, or an empty one): calls will show the role only',
    },
    {
      it: 'Copiare local/people.template.yaml in local/people.yaml e compilarlo.',
      en: 'Copy local/people.template.yaml to local/people.yaml and fill it in.',
    },
  );
}

function unknownRole(place: Place): Finding {
  return finding(
    'warning',
    'UNKNOWN_REFERENCE',
    place,
    { it: 'questo ruolo non è in roles.yaml', en: 'this role is not in roles.yaml' },
    { it: 'Usare un id di roles.yaml.', en: 'Use an id of roles.yaml.' },
  );
}
