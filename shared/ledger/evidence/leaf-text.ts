/** What is checked of a leaf. */
export interface CheckedLeaf {
  readonly type: string;
  readonly log: string;
  readonly producer: string;
  /** Up to 20 digits. */
  readonly sequence: string;
  /** Microseconds since the epoch. */
  readonly received_us: string;
  readonly facts: Readonly<Record<string, string>>;
}

/** A fact that counts records: what a stage took in and what became of it. */
export interface StageCount {
  readonly fact: string;
  readonly count: bigint;
}

/** Printable ASCII that JSON writes as it is. */
const text = '[ !#-\\[\\]-~]*';
const count = '(?:0|[1-9]\\d{0,14})';
const time = '-?\\d{1,20}';
const fact = `"${text}":"${text}"`;

/** A leaf as our writer writes it, when all its text is plain: the members in order, nothing between them. */
const plainLeaf = new RegExp(
  `^\\{(?:"body":\\{"algorithm":"${text}","bytes":${count},"commitment":"${text}","key":"${text}"\\},)?` +
    `"facts":(\\{(?:${fact}(?:,${fact})*)?\\}),"log":"(${text})","outcome":"${text}","producer":"(${text})",` +
    `"received_us":"(${time})","sequence":"(\\d{1,20})",` +
    `(?:"source":\\{"offset":"${text}","partition":${count},"topic":"${text}"\\},)?` +
    `"tenant":"${text}","time_us":"${time}","type":"(${text})","version":1\\}$`,
);

const stageFact = /^(?:records|ok|duplicate|drop\..*|reject\..*)$/;
const number = /^(?:0|[1-9]\d{0,19})$/;
/** The same in plain text: a name is what a colon follows. */
const plainStageFact = /"(records|ok|duplicate|drop\.[^"]*|reject\.[^"]*)":"(?:(0|[1-9]\d{0,19})")?/g;

/** Facts are taken apart when somebody asks for them: most leaves are counted by their type alone. */
class PlainLeaf implements CheckedLeaf {
  readonly type: string;
  readonly log: string;
  readonly producer: string;
  readonly sequence: string;
  readonly received_us: string;
  readonly #text: string;
  #facts: CheckedLeaf['facts'] | undefined;

  constructor([, facts = '', log = '', producer = '', received_us = '', sequence = '', type = '']: string[]) {
    this.#text = facts;
    this.log = log;
    this.producer = producer;
    this.received_us = received_us;
    this.sequence = sequence;
    this.type = type;
  }

  get facts(): CheckedLeaf['facts'] {
    if (this.#facts !== undefined) return this.#facts;
    const facts: CheckedLeaf['facts'] = JSON.parse(this.#text);
    this.#facts = facts;
    return facts;
  }

  /** As `stageCounts` of all facts, without reading all of them. */
  stageCounts(): readonly StageCount[] | undefined {
    const counts: StageCount[] = [];
    let before = '';
    plainStageFact.lastIndex = 0;
    for (let found = plainStageFact.exec(this.#text); found; found = plainStageFact.exec(this.#text)) {
      const [, fact = '', count] = found;
      if (count === undefined || fact <= before) return undefined;
      counts.push({ fact, count: BigInt(count) });
      before = fact;
    }
    return counts;
  }
}

/** The counts among the facts of a stage; undefined when one of them is no number, or comes twice. */
export function stageCounts(leaf: CheckedLeaf): readonly StageCount[] | undefined {
  if (leaf instanceof PlainLeaf) return leaf.stageCounts();
  const facts = Object.entries(leaf.facts).filter(([fact]) => stageFact.test(fact));
  if (!facts.every(([, value]) => number.test(value))) return undefined;
  return facts.map(([fact, value]) => ({ fact, count: BigInt(value) }));
}

/** Reads a leaf; undefined when it is none. A leaf of another form, or with other text, is one all the same. */
export function readLeaf(entry: Buffer): CheckedLeaf | undefined {
  const plain = plainLeaf.exec(entry.toString('latin1'));
  return plain === null ? parseLeaf(entry) : new PlainLeaf(plain);
}

/** Reads a leaf by way of all its JSON. */
export function parseLeaf(entry: Buffer): CheckedLeaf | undefined {
  let leaf: unknown;
  try {
    leaf = JSON.parse(entry.toString());
  } catch {
    return undefined;
  }
  return isLeaf(leaf) ? leaf : undefined;
}

function isLeaf(value: unknown): value is CheckedLeaf {
  if (typeof value !== 'object' || value === null) return false;
  const { type, log, producer, sequence, received_us, facts, version }: Partial<Record<string, unknown>> = {
    ...value,
  };
  if (version !== 1 || typeof type !== 'string' || typeof log !== 'string' || typeof producer !== 'string')
    return false;
  if (typeof sequence !== 'string' || !/^\d{1,20}$/.test(sequence)) return false;
  if (typeof received_us !== 'string' || !/^-?\d{1,20}$/.test(received_us)) return false;
  return (
    typeof facts === 'object' &&
    facts !== null &&
    !Array.isArray(facts) &&
    Object.values(facts).every((each) => typeof each === 'string')
  );
}
