/**
 * The units of the scheduled job (systemd.unit(5), systemd.exec(5), systemd.timer(5)) and the cron lines for a machine without systemd.
 * Two services, so that no process has everything: the one that reads the cassette and knows its passphrase has no network; the one that
 * has the network, for mail and the sign of life, has neither.
 */

/** What is on the machine, and where; `dr schedule remove` takes all of it away. */
export const jobPlaces = {
  tool: '/opt/lucca-dr',
  settings: '/etc/lucca-dr',
  state: '/var/lib/lucca-dr',
  cache: '/var/cache/lucca-dr',
  user: 'lucca-dr',
  units: '/etc/systemd/system',
} as const;

const { tool, settings, state, cache, user } = jobPlaces;
const dr = `${tool}/bin/dr`;

export type Job = {
  site: string;
  /** As the inventory calls this machine. */
  host: string;
  /** A level of cassette/verification.ts. */
  level: string;
  /** `06:30`, Europe/Rome. */
  at: string;
  /** How long no verification may end before that is told. */
  silenceSeconds: number;
  /** What opens the cassettes, by name in the secrets folder. */
  cassetteKeys: readonly string[];
  /** The mail server wants a user. */
  mailPassword: boolean;
};

export const unitNames = {
  verify: 'lucca-dr-verify.service',
  verifyTimer: 'lucca-dr-verify.timer',
  watch: 'lucca-dr-watch.service',
  watchTimer: 'lucca-dr-watch.timer',
} as const;

/** File name to content. */
export function unitFiles(job: Job): Record<string, string> {
  return {
    [unitNames.verify]: verifyService(job),
    [unitNames.verifyTimer]: verifyTimer(job),
    [unitNames.watch]: watchService(job),
    [unitNames.watchTimer]: watchTimer(),
  };
}

/** `/etc/cron.d/lucca-dr` for a machine without systemd: no sandbox, no catching up; the lock keeps two from running at once. */
export function cronLines(job: Job): string {
  const [hour, minute] = job.at.split(':').map(Number);
  return [
    `DR_STATE=${state}`,
    `DR_SECRETS=${settings}/secrets`,
    `DR_ACCESS=${settings}/access.yaml`,
    `DR_INVENTORY=${settings}/inventory`,
    `${minute} ${hour} * * * root flock --nonblock ${state}/verify.lock ${dr} ${verifyWords(job)}; ${dr} ${metricsWords(job)}; ${dr} ${watchWords(job)}`,
    `45 * * * * root ${dr} ${watchWords(job)}`,
  ].join('\n');
}

function verifyWords({ site, host, level }: Job): string {
  return `verify ${level} --site ${site} --host ${host}`;
}

function metricsWords({ site }: Job): string {
  return `schedule check --site ${site} --output prometheus --file ${state}/lucca-dr.prom`;
}

function watchWords({ site, silenceSeconds }: Job): string {
  return `schedule watch --site ${site} --silence ${silenceSeconds}s`;
}

function verifyService(job: Job): string {
  return `[Unit]
Description=Lucca DR: si verifica la cassetta / the cassette is verified
Documentation=file:${tool}/docs/schedule.md
# Whatever came of it is told, and the sign of life is given.
OnSuccess=${unitNames.watch}
OnFailure=${unitNames.watch}

[Service]
${common}
# Status 75: another verification is under way, and this one had nothing to do.
ExecStart=/usr/bin/flock --nonblock --conflict-exit-code 75 ${state}/verify.lock ${dr} ${verifyWords(job)}
SuccessExitStatus=75
ExecStopPost=${dr} ${metricsWords(job)}
TimeoutStartSec=8h
# In memory: what is taken from a snapshot for a look must not stay on a disk.
RuntimeDirectory=lucca-dr
RuntimeDirectoryMode=0700
Environment=DR_RUN=%t/lucca-dr
${credentials(job.cassetteKeys)}
# The cassette is root's: its files are read, never written. The machine's own secrets and the office's files are not there to be read.
AmbientCapabilities=CAP_DAC_READ_SEARCH
CapabilityBoundingSet=CAP_DAC_READ_SEARCH
InaccessiblePaths=-/srv -/var/lib/samba -/etc/shadow -/etc/gshadow -/etc/ssh
# Its disk says its serial and its label.
DevicePolicy=closed
DeviceAllow=block-* r
PrivateNetwork=yes
IPAddressDeny=any
RestrictAddressFamilies=AF_UNIX
Nice=10
IOSchedulingClass=idle
`;
}

function watchService(job: Job): string {
  return `[Unit]
Description=Lucca DR: si avvisa di un cambiamento o del silenzio / a change, or silence, is told
Documentation=file:${tool}/docs/schedule.md

[Service]
${common}
ExecStart=${dr} ${watchWords(job)}
TimeoutStartSec=15min
${credentials(job.mailPassword ? ['smtp-password'] : [])}
CapabilityBoundingSet=
PrivateDevices=yes
PrivateUsers=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
`;
}

/** Read by systemd as root, and shown to that service alone. */
function credentials(names: readonly string[]): string {
  return names.map((name) => `LoadCredential=${name}:${settings}/secrets/${name}`).join('\n');
}

/** What both may not do. Node makes its code at run time, so MemoryDenyWriteExecute cannot be set. */
const common = `Type=oneshot
User=${user}
Group=${user}
Environment=HOME=${state} DR_STATE=${state} NODE_COMPILE_CACHE=${cache} DR_SECRETS=%d
Environment=DR_ACCESS=${settings}/access.yaml DR_INVENTORY=${settings}/inventory
StateDirectory=lucca-dr
StateDirectoryMode=0755
CacheDirectory=lucca-dr
UMask=0077
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateIPC=yes
NoNewPrivileges=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
ProtectProc=invisible
ProcSubset=pid
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM`;

function verifyTimer({ at }: Job): string {
  return `[Unit]
Description=Lucca DR: ogni giorno si verifica la cassetta / the cassette is verified every day

[Timer]
OnCalendar=*-*-* ${at}:00 Europe/Rome
# A run that was missed because the machine was off is made up for when it is on again.
Persistent=yes
RandomizedDelaySec=15min
AccuracySec=1min
Unit=${unitNames.verify}

[Install]
WantedBy=timers.target
`;
}

function watchTimer(): string {
  return `[Unit]
Description=Lucca DR: ogni ora si guarda se le verifiche tacciono / every hour a look whether verifications are silent

[Timer]
OnCalendar=*-*-* *:45:00
RandomizedDelaySec=5min
Unit=${unitNames.watch}

[Install]
WantedBy=timers.target
`;
}
