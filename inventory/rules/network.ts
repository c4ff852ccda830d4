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

export const networkRules: readonly Rule[] = [addressesFit, printersFit, networksStandApart];
