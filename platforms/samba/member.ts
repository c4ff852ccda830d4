/** What every member of the domain has in common (see join-member.sh). */
import type { RemoteParameters } from '../remote.ts';

export type DomainMembership = {
  realm: string;
  workgroup: string;
  controllerAddress: string;
  administratorPassword: string;
};

/** Parameters of join-member.sh; `globals` are more lines for smb.conf's [global]. */
export function joinParameters(
  membership: DomainMembership,
  globals: readonly string[],
  services: string,
): RemoteParameters {
  return {
    REALM: membership.realm,
    WORKGROUP: membership.workgroup,
    CONTROLLER_ADDRESS: membership.controllerAddress,
    SMB_EXTRA: globals.map((line) => `  ${line}`).join('\n'),
    SMB_SHARES: '',
    SERVICES: services,
  };
}
