/** Desks, their workstations and the switch. */
import { type Rule, rule } from './rule.ts';

const desksFitTheSwitch = rule(['sites', 'desks'], ({ sites, desks }, report) => {
  for (const [index, desk] of desks.entries()) {
    const site = sites.find(({ id }) => id === desk.site);
    if (site === undefined) continue;
    const ports = site.switch?.deskPorts ?? 0;
    const atSite = desks.filter((other) => other.site === desk.site).length;
    const tooMany = atSite > ports ? ` (postazioni / desks: ${atSite})` : '';
    const hint = {
      it: `Usare una porta libera da 1 a ${ports}; oltre ${ports} postazioni serve un altro switch.`,
      en: `Use a free port from 1 to ${ports}; more than ${ports} desks need another switch.`,
    };
    if (desk.switchPort > ports) {
      report(
        'SWITCH_PORT_MISSING',
        ['desks', index, 'switchPort'],
        {
          it: `${desk.id}: lo switch di ${site.name} ha ${ports} porte, la porta ${desk.switchPort} non esiste${tooMany}`,
          en: `${desk.id}: the switch of ${site.id} has ${ports} ports, there is no port ${desk.switchPort}${tooMany}`,
        },
        hint,
      );
      continue;
    }
    const taken = desks
      .slice(0, index)
      .find((other) => other.site === desk.site && other.switchPort === desk.switchPort);
    if (taken === undefined) continue;
    report(
      'SWITCH_PORT_TAKEN',
      ['desks', index, 'switchPort'],
      {
        it: `${desk.id}: la porta ${desk.switchPort} dello switch di ${site.name} è già di ${taken.id}${tooMany}`,
        en: `${desk.id}: port ${desk.switchPort} of the switch of ${site.id} is already ${taken.id}'s${tooMany}`,
      },
      hint,
    );
  }
});

const desksHaveWorkstations = rule(['hosts', 'desks'], ({ hosts, desks }, report) => {
  for (const [index, desk] of desks.entries()) {
    const host = hosts.find(({ name }) => name === desk.workstation);
    if (host === undefined || (host.kind === 'workstation' && host.site === desk.site)) continue;
    report(
      'NOT_A_WORKSTATION',
      ['desks', index, 'workstation'],
      {
        it: `${desk.id}: ${host.name} non è una postazione di lavoro di questa sede`,
        en: `${desk.id}: ${host.name} is not a workstation of this site`,
      },
      {
        it: 'Indicare un host di tipo workstation della stessa sede.',
        en: 'Name a host of kind workstation at the same site.',
      },
    );
  }
});

export const deskRules: readonly Rule[] = [desksFitTheSwitch, desksHaveWorkstations];
