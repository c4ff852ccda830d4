/** Addresses and networks. */
import { isUsableIn, networksOverlap } from '../network.ts';
import { type Rule, rule } from './rule.ts';

const addressesFit = rule(['sites', 'hosts'], ({ sites, hosts }, report) => {
  for (const [index, host] of hosts.entries()) {
    const site = sites.find(({ id }) => id === host.site);
    if (site === undefined || isUsableIn(site.network.cidr, host.address)) continue;
    report(
      'ADDRESS_OUTSIDE',
      ['hosts', index, 'address'],
      {
        it: `${host.name}: l'indirizzo ${host.address} non è della rete di ${site.name} (${site.network.cidr})`,
        en: `${host.name}: address ${host.address} is not in the network of ${site.id} (${site.network.cidr})`,
      },
      { it: 'Dare un indirizzo libero di quella rete.', en: 'Give it a free address of that network.' },
    );
  }
});

const printersFit = rule(['sites', 'hosts', 'printers'], ({ sites, hosts, printers }, report) => {
  for (const [index, printer] of printers.entries()) {
    const site = sites.find(({ id }) => id === printer.site);
    const address = new URL(printer.uri).hostname;
    const taken = hosts.find((host) => host.address === address);
    if (taken !== undefined || (site !== undefined && !isUsableIn(site.network.cidr, address))) {
      report(
        'PRINTER_ADDRESS',
        ['printers', index, 'uri'],
        taken === undefined
          ? {
              it: `${printer.name}: ${address} non è della rete della sua sede`,
              en: `${printer.name}: ${address} is not in its site's network`,
            }
          : {
              it: `${printer.name}: ${address} è già di ${taken.name}`,
              en: `${printer.name}: ${address} is already ${taken.name}'s`,
            },
        { it: 'Dare un indirizzo libero di quella rete.', en: 'Give it a free address of that network.' },
      );
    }
  }
});

const networksStandApart = rule(['sites'], ({ sites }, report) => {
  for (const [index, { network, name }] of sites.entries()) {
    if (!isUsableIn(network.cidr, network.gateway)) {
      report(
        'GATEWAY_OUTSIDE',
        ['sites', index, 'network', 'gateway'],
        {
          it: `il gateway ${network.gateway} non è della rete ${network.cidr}`,
          en: `gateway ${network.gateway} is not in network ${network.cidr}`,
        },
        { it: 'Correggere il gateway o la rete.', en: 'Correct the gateway or the network.' },
      );
    }
    const other = sites.slice(0, index).find((site) => networksOverlap(site.network.cidr, network.cidr));
    if (other === undefined) continue;
    report(
      'NETWORKS_OVERLAP',
      ['sites', index, 'network', 'cidr'],
      {
        it: `le reti di ${other.name} e di ${name} si sovrappongono`,
        en: `the networks of ${other.id} and of this site overlap`,
      },
      { it: 'Dare a ogni sede una rete propria.', en: 'Give each site a network of its own.' },
    );
  }
});

/** The distance stands twice because both the link and the solution need it; the study gives one figure. */
const distancesAgree = rule(['sites', 'wan', 'solutions'], ({ sites, wan, solutions }, report) => {
  const ours = solutions.find(
    ({ production, recovery }) =>
      sites.some(({ id }) => id === production.site) && sites.some(({ id }) => id === recovery.site),
  );
  if (ours === undefined || ours.distanceKm === wan.distanceKm) return;
  report(
    'DISTANCE_MISMATCH',
    ['wan', 'distanceKm'],
    {
      it: `le sedi distano ${wan.distanceKm} km, ma la soluzione ${ours.name} dice ${ours.distanceKm}`,
      en: `the sites are ${wan.distanceKm} km apart, but solution ${ours.name} says ${ours.distanceKm}`,
    },
    { it: 'Riportare la stessa distanza.', en: 'Give the same distance in both places.' },
  );
});

export const networkRules: readonly Rule[] = [addressesFit, printersFit, networksStandApart, distancesAgree];
