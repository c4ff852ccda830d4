/** Rules about who may sign for a cassette, and about what opens it. */
import { type Rule, rule } from './rule.ts';

const signersExist = rule(
  ['custodySigners', 'sites', 'roles'],
  ({ custodySigners, sites, roles }, report) => {
    const known = [...sites.map(({ id }) => `site:${id}`), ...roles.map(({ id }) => `role:${id}`)];
    for (const [index, { signer }] of custodySigners.entries()) {
      if (known.includes(signer)) continue;
      report(
        'SIGNER_UNKNOWN',
        ['custodySigners', index, 'signer'],
        { it: `chi firma non esiste: "${signer}"`, en: `there is no such signer: "${signer}"` },
        { it: 'Indicare una sede o un ruolo che ci sono.', en: 'Name a site or a role that there is.' },
      );
    }
  },
);

/** Two signers with one key could not be told apart; one signer with two keys would let either half speak for it. */
const signersAreSingle = rule(['custodySigners'], ({ custodySigners }, report) => {
  for (const key of ['signer', 'publicKey'] as const) {
    for (const [index, entry] of custodySigners.entries()) {
      const first = custodySigners.findIndex((other) => other[key] === entry[key]);
      if (first === index) continue;
      report(
        'DUPLICATE',
        ['custodySigners', index, key],
        { it: `"${entry[key]}" c'è già`, en: `"${entry[key]}" already stands in this list` },
        { it: 'Una chiave per chi firma, e una sola.', en: 'One key for each signer, and only one.' },
      );
    }
  }
});

/** The one that is kept back is to survive whoever got hold of what opens the others. */
const awayHasItsOwnKey = rule(['cassettes'], ({ cassettes }, report) => {
  const inUse = new Set(cassettes.filter(({ rotation }) => rotation !== 'away').map(({ key }) => key));
  for (const [index, { rotation, key, label }] of cassettes.entries()) {
    if (rotation !== 'away' || !inUse.has(key)) continue;
    report(
      'KEY_SHARED',
      ['cassettes', index, 'key'],
      {
        it: `${label} si apre con lo stesso segreto delle cassette in uso`,
        en: `${label} opens with the same secret as the cassettes in use`,
      },
      {
        it: 'Darle un segreto suo: chi si procura quello delle altre non deve poter aprire anche questa.',
        en: 'Give it a secret of its own: whoever gets hold of that of the others must not open this one as well.',
      },
      'warning',
    );
  }
});

export const custodyRules: readonly Rule[] = [signersExist, signersAreSingle, awayHasItsOwnKey];
