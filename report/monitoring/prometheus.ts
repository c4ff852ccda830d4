/**
 * The history's present state for Prometheus' node exporter (its textfile collector; exposition format 0.0.4). Instants, not ages: an age
 * would stand still when the job does, and `time() - ...` does not. An outcome is a state set, one sample of which is 1.
 */
import type { LevelView, Overview } from '../../cassette/overview.ts';
import { type CheckOutcome, checkOutcomes } from '../../core/check.ts';

type Sample = { labels: Record<string, string>; value: number };
type Metric = { name: string; help: string; samples: Sample[] };

export function prometheusText(overview: Overview): string {
  return metricsOf(overview)
    .filter(({ samples }) => samples.length > 0)
    .map(metricText)
    .join('');
}

function metricsOf({ site, last, levels }: Overview): Metric[] {
  const carriedOut = levels.flatMap((one) => (one.last === null ? [] : [{ ...one, last: one.last }]));
  const perLevel = (value: (one: Carried) => number | null): Sample[] =>
    carriedOut.flatMap((one) => {
      const found = value(one);
      return found === null ? [] : [{ labels: { site, level: one.level }, value: found }];
    });
  return [
    {
      name: 'verification_last_run_timestamp_seconds',
      help: 'When the last verification of the site ended, whatever its outcome.',
      samples: last === null ? [] : [{ labels: { site }, value: epoch(last.endedAtUtc) }],
    },
    {
      name: 'verification_duration_seconds',
      help: 'How long the last verification took.',
      samples: last === null ? [] : [{ labels: { site }, value: last.verification.durationMs / 1000 }],
    },
    {
      name: 'verification_outcome',
      help: 'Outcome of the last verification: the sample of the outcome that it had is 1.',
      samples: last === null ? [] : stateSet({ site }, last.verdict.outcome),
    },
    {
      name: 'level_last_run_timestamp_seconds',
      help: 'When the level was carried out last, whatever its outcome.',
      samples: perLevel((one) => epoch(one.last.endedAtUtc)),
    },
    {
      name: 'level_last_pass_timestamp_seconds',
      help: 'When the level passed last.',
      samples: perLevel((one) => (one.lastPassAtUtc === null ? null : epoch(one.lastPassAtUtc))),
    },
    {
      name: 'level_outcome',
      help: 'Last outcome of the level: the sample of the outcome that it had is 1.',
      samples: carriedOut.flatMap((one) => stateSet({ site, level: one.level }, one.last.result.outcome)),
    },
    {
      name: 'level_duration_seconds',
      help: 'How long the level took when it was carried out last.',
      samples: perLevel((one) => one.last.result.durationMs / 1000),
    },
    {
      name: 'level_figure',
      help: 'What the level measured when it was carried out last; the name says the unit.',
      samples: carriedOut.flatMap((one) => figures(site, one)),
    },
    {
      name: 'snapshot_timestamp_seconds',
      help: 'When the newest snapshot that the level was carried out on was taken.',
      samples: perLevel(({ last: { result } }) => {
        const takenAtUtc = result.subject?.snapshotAtUtc ?? null;
        return takenAtUtc === null ? null : epoch(takenAtUtc);
      }),
    },
    {
      name: 'cassette_info',
      help: 'The cassette and repository that the level was carried out on; always 1.',
      samples: carriedOut.flatMap(({ level, last: { result } }) =>
        result.subject === null
          ? []
          : [
              {
                labels: { site, level, label: result.subject.label, repository: result.subject.repositoryId },
                value: 1,
              },
            ],
      ),
    },
  ];
}

type Carried = LevelView & { last: NonNullable<LevelView['last']> };

function figures(site: string, { level, last }: Carried): Sample[] {
  return Object.entries(last.result.figures).map(([figure, value]) => ({
    labels: { site, level, figure },
    value,
  }));
}

function stateSet(labels: Record<string, string>, is: CheckOutcome): Sample[] {
  return checkOutcomes.map((outcome) => ({
    labels: { ...labels, outcome },
    value: outcome === is ? 1 : 0,
  }));
}

function epoch(isoUtc: string): number {
  return Date.parse(isoUtc) / 1000;
}

function metricText({ name, help, samples }: Metric): string {
  const full = `lucca_dr_${name}`;
  const lines = samples.map(({ labels, value }) => `${full}{${labelText(labels)}} ${value}`);
  return `# HELP ${full} ${help}\n# TYPE ${full} gauge\n${lines.join('\n')}\n`;
}

function labelText(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
