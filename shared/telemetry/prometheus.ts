import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Telemetry } from './telemetry.ts';

/** At most this many values of `reason` or `code` a service are told apart; the rest count as `other`. */
const label_values_max = 100;

/** Prometheus metrics of one process, and the text that /metrics answers. */
export function createPrometheusTelemetry(service: string): {
  readonly telemetry: Telemetry;
  readonly render: () => Promise<string>;
} {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return { telemetry: catalogue(registry), render: () => registry.metrics() };
}

function catalogue(registry: Registry): Telemetry {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: `breakwater_${name}`, help, labelNames, registers });
  const recordsIn = counter('records_in_total', 'Records read.', ['topic']);
  const bytesIn = counter('bytes_in_total', 'Bytes of the values read.', ['topic']);
  const outcomes = counter('records_outcome_total', 'What became of the records read.', [
    'topic',
    'kind',
    'reason',
  ]);
  const recordsOut = counter('records_out_total', 'Records written.', ['topic']);
  const lost = counter('records_lost_total', 'Records that retention removed before they were read.', [
    'topic',
  ]);
  const shed = counter('signals_shed_total', 'Signals that correlation rules left out.', ['reason']);
  const factsShed = counter('facts_shed_total', 'Facts that the correlator let go of: too many.', []);
  const errors = counter('errors_total', 'Coded errors.', ['code', 'stage']);
  const inFlight = new Gauge({
    name: 'breakwater_records_in_flight',
    help: 'Records read whose outcome is not yet known.',
    labelNames: ['topic'],
    registers,
  });
  const duration = new Histogram({
    name: 'breakwater_batch_duration_seconds',
    help: 'From reading a batch to the acknowledgement of all that came of it.',
    labelNames: ['topic'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers,
  });
  const bounded = boundedLabels();
  return {
    recordsIn: (topic, records, bytes) => {
      recordsIn.inc({ topic }, records);
      bytesIn.inc({ topic }, bytes);
    },
    recordsOutcome: (topic, kind, reason, records) =>
      outcomes.inc({ topic, kind, reason: bounded(reason) }, records),
    recordsOut: (topic, records) => recordsOut.inc({ topic }, records),
    recordsInFlight: (topic, records) => inFlight.set({ topic }, records),
    batchHandled: (topic, seconds) => duration.observe({ topic }, seconds),
    recordsLost: (topic, records) => lost.inc({ topic }, records),
    signalsShed: (reason, signals) => shed.inc({ reason }, signals),
    factsShed: (facts) => factsShed.inc(facts),
    errorSeen: (code, stage) => errors.inc({ code: bounded(code), stage }, 1),
  };
}

function boundedLabels(): (value: string) => string {
  const seen = new Set<string>();
  return (value) => {
    if (seen.has(value)) return value;
    if (seen.size >= label_values_max) return 'other';
    seen.add(value);
    return value;
  };
}
