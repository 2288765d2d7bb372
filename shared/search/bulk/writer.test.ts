import { describe, expect, it } from 'vitest';
import { VirtualTime } from '#shared/clock/virtual.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { SearchOutcome, SearchWrite } from '../port.ts';
import { noSearchTelemetry, type SearchTelemetry } from '../telemetry.ts';
import { type BulkLimits, defaultBulkLimits } from './limits.ts';
import type { BulkReply } from './reply.ts';
import { BulkWriter } from './writer.ts';

type Answer = (ids: readonly string[], body: string) => BulkReply;

describe('BulkWriter', () => {
  it('answers one outcome a write, in order', async () => {
    const { writer, time, sent } = setUp([items(201, 409, 201)]);
    const result = writer.write([event('a'), event('b'), event('c')]);
    await time.advance(0);
    expect(await result).toEqual([{ kind: 'written' }, { kind: 'duplicate' }, { kind: 'written' }]);
    expect(sent).toEqual([['a', 'b', 'c']]);
  });

  it('sends the document byte for byte, on one line', async () => {
    const { writer, time, bodies } = setUp([items(201, 200, 200)]);
    const result = writer.write([
      { index: 'logs-x.y-t', id: 'ä', action: 'create', document: '{"a":\n"ü"}' },
      { index: 'table', id: 'b', action: 'put', version: 2n ** 60n, document: '{"b": 1}' },
      { index: 'table', id: 'c', action: 'remove', version: 7n },
    ]);
    await time.advance(0);
    await result;
    expect(bodies[0]?.split('\n')).toEqual([
      '{"create":{"_index":"logs-x.y-t","_id":"ä","require_data_stream":true}}',
      '{"a": "ü"}',
      '{"index":{"_index":"table","_id":"b","version":1152921504606846976,"version_type":"external"}}',
      '{"b": 1}',
      '{"delete":{"_index":"table","_id":"c","version":7,"version_type":"external"}}',
      '',
    ]);
  });

  it('puts the documents of concurrent callers into one request, and lets none wait longer than the linger time', async () => {
    const answers = [items(201), items(201, 201)];
    const { writer, time, sent, release } = setUp(answers, { holdAnswers: true });
    const results = [writer.write([event('a')]), writer.write([event('b')]), writer.write([event('c')])];
    await time.advance(9);
    expect(sent).toEqual([['a']]);
    await time.advance(1);
    expect(sent).toEqual([['a'], ['b', 'c']]);
    await release(time);
    expect((await Promise.all(results)).flat()).toHaveLength(3);
  });

  it('cuts requests by documents and by bytes', async () => {
    const one = setUp([items(201, 201), items(201)], { limits: { bulk_documents_max: 2 } });
    const byCount = one.writer.write([event('a'), event('b'), event('c')]);
    await one.time.advance(20);
    await byCount;
    expect(one.sent).toEqual([['a', 'b'], ['c']]);

    const two = setUp([items(201), items(201)], { limits: { bulk_bytes_max: 100 } });
    const byBytes = two.writer.write([event('a', 90), event('b', 90)]);
    await two.time.advance(20);
    await byBytes;
    expect(two.sent).toEqual([['a'], ['b']]);
  });

  it('repeats the same bytes after an unknown outcome, for ever, with growing pauses', async () => {
    const failures = Array.from({ length: 12 }, () => unanswered);
    const { writer, time, bodies, states } = setUp([...failures, items(409)]);
    const result = writer.write([event('a')]);
    await time.advance(99);
    expect(bodies).toHaveLength(1);
    await time.advance(1);
    expect(bodies).toHaveLength(2);
    await time.advance(200);
    expect(bodies).toHaveLength(3);
    await time.advance(5 * 60_000);
    expect(await result).toEqual([{ kind: 'duplicate' }]);
    expect(new Set(bodies).size).toBe(1);
    expect(states).toEqual(['unreachable', 'running']);
  });

  it.each([
    ['401', http(401), 'blocked'],
    ['403', http(403), 'blocked'],
    ['503', http(503), 'unreachable'],
    ['a malformed answer', items(), 'unreachable'],
  ])(
    '%s: one probe at a time until it is put right, and nothing is rejected',
    async (_name, answer, state) => {
      const limits = { bulk_documents_max: 1 };
      const { writer, time, sent, states } = setUp([answer, answer, answer, answer, answer], { limits });
      const result = writer.write([event('a'), event('b'), event('c')]);
      // Up to three requests went out before the first answer came; after it, one at a time.
      await time.advance(10);
      const first = sent.length;
      await time.advance(100);
      expect(sent.length).toBeLessThanOrEqual(first + 1);
      await time.advance(10 * 60_000);
      expect(await result).toEqual([written, written, written]);
      expect(states).toEqual([state, 'running']);
    },
  );

  it('halves requests and concurrency at 429, honours Retry-After, and recovers', async () => {
    const overloaded: Answer = () => ({ kind: 'answered', status: 429, body: '', retry_after_ms: 5000 });
    const { writer, time, sent, allowed } = setUp([overloaded]);
    const result = writer.write([event('a')]);
    await time.advance(4999);
    expect(sent).toHaveLength(1);
    await time.advance(1);
    expect(await result).toEqual([written]);
    for (let round = 0; round < 20; round += 1) {
      const next = writer.write([event(`n${round}`)]);
      await time.advance(10);
      await next;
    }
    expect(allowed[1]).toBe(1);
    expect(allowed[2]).toBe(2);
    expect(allowed.at(-1)).toBe(defaultBulkLimits.requests_in_flight_max);
  });

  it('sends again only the documents that were not taken', async () => {
    const { writer, time, sent } = setUp([
      items(201, [429, 'es_rejected_execution_exception'], [503, 'unavailable_shards_exception']),
    ]);
    const result = writer.write([event('a'), event('b'), event('c')]);
    await time.advance(1000);
    expect(await result).toEqual([written, written, written]);
    expect(sent[0]).toEqual(['a', 'b', 'c']);
    expect(sent.slice(1).flat().toSorted()).toEqual(['b', 'c']);
  });

  it('splits at 413 down to one document, and never sends as much again', async () => {
    const limit = 600;
    const tooMuch: Answer = (ids, body) =>
      body.length > limit ? { kind: 'answered', status: 413, body: '' } : accept(ids);
    const { writer, time, bodies } = setUp([], { otherwise: tooMuch, limits: { bulk_bytes_min: 1 } });
    const result = writer.write(Array.from({ length: 16 }, (_, index) => event(`e${index}`, 100)));
    await time.advance(1000);
    expect(await result).toEqual(Array.from({ length: 16 }, () => written));
    const before = bodies.length;
    const next = writer.write(Array.from({ length: 16 }, (_, index) => event(`f${index}`, 100)));
    await time.advance(1000);
    await next;
    expect(bodies.slice(before).every((body) => body.length <= limit)).toBe(true);
  });

  it('rejects a single document that is too large in every form', async () => {
    const { writer, time } = setUp([http(413), http(413)]);
    const result = writer.write([{ ...event('a'), safe_document: () => '{}' }]);
    await time.advance(1000);
    expect(await result).toMatchObject([{ kind: 'rejected', reason: 'too_large' }]);
  });

  it('finds the document that spoils a request by halving', async () => {
    const spoilt: Answer = (ids) => (ids.includes('bad') ? badRequest : accept(ids));
    const { writer, time, sent } = setUp([], { otherwise: spoilt });
    const result = writer.write(['a', 'b', 'c', 'bad', 'd'].map((id) => event(id)));
    await time.advance(1000);
    expect((await result).map((outcome) => outcome.kind)).toEqual([
      'written',
      'written',
      'written',
      'rejected',
      'written',
    ]);
    expect(sent.length).toBeLessThan(8);
  });

  it('writes a refused document once more in its safe form, under the same id', async () => {
    const { writer, time, bodies } = setUp([items([400, 'document_parsing_exception']), items(201)]);
    const result = writer.write([{ ...event('a'), safe_document: () => '{"safe":true}' }]);
    await time.advance(10);
    expect(await result).toMatchObject([{ kind: 'degraded', reason: 'document_parsing_exception' }]);
    expect(bodies[1]).toContain('"_id":"a"');
    expect(bodies[1]).toContain('{"safe":true}');
  });

  it('rejects what is refused in both forms, or has no safe form', async () => {
    const refuse = items([400, 'mapper_parsing_exception'], [400, 'mapper_parsing_exception']);
    const { writer, time } = setUp([refuse, items([400, 'document_parsing_exception'])]);
    const result = writer.write([{ ...event('a'), safe_document: () => '{}' }, event('b')]);
    await time.advance(10);
    expect(await result).toMatchObject([
      { kind: 'rejected', reason: 'mapper_parsing_exception' },
      { kind: 'rejected', reason: 'mapper_parsing_exception' },
    ]);
  });

  it('takes a document in the failure store for refused', async () => {
    const used: Answer = () => answered({ items: [{ create: { status: 201, failure_store: 'used' } }] });
    const { writer, time } = setUp([used, items(201)]);
    const result = writer.write([{ ...event('a'), safe_document: () => '{}' }]);
    await time.advance(10);
    expect(await result).toMatchObject([{ kind: 'degraded', reason: 'failure_store_used' }]);
  });

  it('puts missing templates back, as often as it takes', async () => {
    let prepared = 0;
    const prepare = (): Promise<void> => {
      prepared += 1;
      return prepared < 3
        ? Promise.reject(new BreakwaterError('BW_SEARCH_UNAVAILABLE', 'no'))
        : Promise.resolve();
    };
    const { writer, time, states } = setUp([items([404, 'index_not_found_exception'])], { prepare });
    const result = writer.write([event('a')]);
    await time.advance(1000);
    expect(await result).toEqual([written]);
    expect(prepared).toBe(3);
    expect(states).toEqual(['unprepared', 'running']);
  });

  it('stops when a single privilege is missing, without a rejection', async () => {
    const { writer, time, states } = setUp([items([403, 'security_exception'])]);
    const result = writer.write([event('a')]);
    await time.advance(1000);
    expect(await result).toEqual([written]);
    expect(states).toEqual(['blocked', 'running']);
  });

  it('halts instead of rejecting a large part, and goes on when documents are taken again', async () => {
    let broken = true;
    const refuseAll: Answer = (ids) =>
      broken
        ? items(...ids.map((): [number, string] => [400, 'mapper_parsing_exception']))(ids, '')
        : accept(ids);
    const { writer, time, states } = setUp([], { otherwise: refuseAll });
    const result = writer.write(Array.from({ length: 100 }, (_, index) => event(`e${index}`)));
    await time.advance(60_000);
    expect(states).toEqual(['halted']);
    broken = false;
    await time.advance(60_000);
    const kinds = (await result).map((outcome) => outcome.kind);
    expect(kinds.filter((kind) => kind === 'rejected')).toHaveLength(defaultBulkLimits.rejections_min);
    expect(kinds.filter((kind) => kind === 'written')).toHaveLength(80);
    expect(states).toEqual(['halted', 'running']);
  });

  it('takes no more than its queue holds', async () => {
    const { writer, time, sent, release } = setUp([items(201), items(201)], {
      limits: { queue_bytes_max: 1, requests_in_flight_max: 1 },
      holdAnswers: true,
    });
    const first = writer.write([event('a')]);
    const second = writer.write([event('b')]);
    const third = writer.write([event('c')]);
    await time.advance(50);
    expect(sent).toEqual([['a']]);
    await release(time);
    await release(time);
    await release(time);
    expect((await Promise.all([first, second, third])).flat()).toEqual([written, written, written]);
  });

  it('ends what is not final when it is closed', async () => {
    const { writer, time } = setUp([unanswered]);
    const result = writer.write([event('a')]);
    const expectation = expect(result).rejects.toMatchObject({ code: 'BW_SEARCH_CLOSED', retriable: true });
    await time.advance(10);
    writer.close();
    await expectation;
    await expect(writer.write([event('b')])).rejects.toMatchObject({ code: 'BW_SEARCH_CLOSED' });
  });

  it('hands a defect to whoever waits', async () => {
    const { writer, time } = setUp([], {
      otherwise: () => {
        throw new TypeError('a defect');
      },
    });
    const result = writer.write([event('a')]);
    const expectation = expect(result).rejects.toThrow('a defect');
    await time.advance(10);
    await expectation;
    await expect(writer.write([{ index: 'x', id: 'y', action: 'create' }])).rejects.toThrow(TypeError);
  });
});

const written: SearchOutcome = { kind: 'written' };

function event(id: string, padding = 0): SearchWrite {
  return {
    index: 'logs-x.y-t',
    id,
    action: 'create',
    document: JSON.stringify({ id, p: 'p'.repeat(padding) }),
  };
}

const unanswered: Answer = () => ({ kind: 'unanswered', reason: 'ConnectionError', detail: 'refused' });
const badRequest: BulkReply = {
  kind: 'answered',
  status: 400,
  body: { error: { type: 'x_content_parse_exception' } },
};

function http(status: number): Answer {
  return () => ({ kind: 'answered', status, body: '' });
}

function answered(body: unknown): BulkReply {
  return { kind: 'answered', status: 200, body };
}

function accept(ids: readonly string[]): BulkReply {
  return answered({ items: ids.map(() => ({ create: { status: 201 } })) });
}

/** One item a document: a status, or a status with an error type. */
function items(...statuses: (number | [number, string])[]): Answer {
  return () =>
    answered({
      items: statuses.map((status) => ({
        create: Array.isArray(status)
          ? { status: status[0], error: { type: status[1], reason: '' } }
          : { status },
      })),
    });
}

interface SetUp {
  readonly limits?: Partial<BulkLimits>;
  readonly otherwise?: Answer;
  readonly prepare?: () => Promise<void>;
  readonly holdAnswers?: boolean;
}

/** A writer against scripted answers; after the last one, `otherwise` answers, by default by accepting all. */
function setUp(script: readonly Answer[], options: SetUp = {}) {
  const time = new VirtualTime();
  const sent: string[][] = [];
  const bodies: string[] = [];
  const states: string[] = [];
  const allowed: number[] = [];
  const held: (() => void)[] = [];
  const telemetry: SearchTelemetry = {
    ...noSearchTelemetry,
    writerState: (state) => states.push(state),
    pressure: (_waiting, requests) => allowed.push(requests),
  };
  const writer = new BulkWriter({
    transport: {
      send: async (buffer) => {
        const body = buffer.toString();
        const ids = [...body.matchAll(/^\{"\w+":\{"_index":"[^"]*","_id":"([^"]*)"/gm)].map(
          ([, id]) => id ?? '',
        );
        const answer = script[sent.length] ?? options.otherwise ?? accept;
        sent.push(ids);
        bodies.push(body);
        if (options.holdAnswers === true) await new Promise<void>((resolve) => held.push(resolve));
        return answer(ids, body);
      },
    },
    prepare: options.prepare ?? (() => Promise.resolve()),
    limits: { ...defaultBulkLimits, ...options.limits },
    clock: time,
    timer: time,
    random: () => 1,
    telemetry,
  });
  const release = async (clock: VirtualTime): Promise<void> => {
    for (const resolve of held.splice(0)) resolve();
    await clock.advance(20);
  };
  return { writer, time, sent, bodies, states, allowed, release };
}
