/** Lines to the suppliers, and what proves that their services answer. */
import { isUsableIn } from '../network.ts';
import { type Rule, rule } from './rule.ts';

const gatewaysFit = rule(['sites', 'lines'], ({ sites, lines }, report) => {
  for (const [index, line] of lines.entries()) {
    const site = sites.find(({ id }) => id === line.site);
    if (site === undefined || isUsableIn(site.network.cidr, line.gateway)) continue;
    report(
      'LINE_GATEWAY',
      ['lines', index, 'gateway'],
      {
        it: `${line.id}: il gateway ${line.gateway} non è della rete di ${site.name} (${site.network.cidr})`,
        en: `${line.id}: gateway ${line.gateway} is not in the network of ${site.id} (${site.network.cidr})`,
      },
      {
        it: "Indicare l'indirizzo del router della linea nella rete della sede.",
        en: "Give the address that the line's router has in the site's network.",
      },
    );
  }
});

/** What we run ourselves is restored and measured; of what others run, a probe is all that can be known. */
const suppliersAreProbed = rule(['serviceClasses', 'endpoints'], ({ serviceClasses, endpoints }, report) => {
  for (const [index, { id, name, plan }] of serviceClasses.entries()) {
    const ours = plan?.supplier === OURSELVES;
    if (ours || endpoints.some(({ serviceClass }) => serviceClass === id)) continue;
    report(
      'CLASS_WITHOUT_ENDPOINT',
      ['serviceClasses', index, 'id'],
      {
        it: `${name}: è di un fornitore, ma nessun punto di accesso dice se risponde`,
        en: `${id}: a supplier runs it, but no endpoint tells whether it answers`,
      },
      {
        it: 'Aggiungere in endpoints.yaml almeno una pagina del servizio.',
        en: 'Add at least one page of the service to endpoints.yaml.',
      },
    );
  }
});

const OURSELVES = 'camera-lucca';

export const endpointRules: readonly Rule[] = [gatewaysFit, suppliersAreProbed];
