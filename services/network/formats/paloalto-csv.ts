import type { JsonObject } from '#shared/event/json.ts';

/** Names, as in the JSON of Strata Logging Service, of the fields that all PAN-OS logs of traffic start with. */
const common =
  '- TimeReceived DeviceSN LogType Subtype - TimeGenerated SourceAddress DestinationAddress NATSource NATDestination ' +
  'Rule SourceUser DestinationUser Application VirtualLocation FromZone ToZone InboundInterface OutboundInterface ' +
  'LogSetting - SessionID RepeatCount SourcePort DestinationPort NATSourcePort NATDestinationPort - Protocol Action';

const layouts: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'THREAT',
    `${common} FileName ThreatID URLCategory VendorSeverity DirectionOfAttack SequenceNo - SourceLocation DestinationLocation`.split(
      ' ',
    ),
  ],
  [
    'TRAFFIC',
    `${common} Bytes BytesSent BytesReceived PacketsTotal SessionStartTime SessionDuration URLCategory - SequenceNo - SourceLocation DestinationLocation - PacketsSent PacketsReceived SessionEndReason`.split(
      ' ',
    ),
  ],
]);

/** Values of a line that are read; PAN-OS writes about 120. */
const values_max = 256;

/** Whether a line is a PAN-OS log of traffic or threats, alone or behind the header of syslog. */
export function isPanLine(line: string): boolean {
  const head = line.slice(0, 300);
  return (head.includes(',THREAT,') || head.includes(',TRAFFIC,')) && startOf(head) !== -1;
}

/** The log starts with `1,2023/07/06 08:11:40,`: a reserved field, then the time of receipt. */
function startOf(line: string): number {
  const slash = line.search(/\d,\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d,/);
  return slash === -1 ? -1 : line.lastIndexOf(' ', slash) + 1;
}

/** The fields of a line by their names; undefined when its type is another. */
export function readPanLine(line: string): JsonObject | undefined {
  const start = startOf(line);
  if (start === -1) return undefined;
  const values = valuesOf(line.slice(start).trimEnd());
  const names = layouts.get(values[3] ?? '');
  if (names === undefined) return undefined;
  const fields: Record<string, string> = {};
  names.forEach((name, index) => {
    const value = values[index];
    if (name !== '-' && value !== undefined && value !== '') fields[name] = value;
  });
  // The only time with a zone and fractions is far behind, at a place that depends on the version.
  const precise = values.findLast((value) => value.charCodeAt(10) === 84 && value.length > 20);
  return precise === undefined ? fields : { ...fields, TimeGenerated: precise };
}

/** Values between commas; a quoted one may hold commas, and two quotes for one. */
function valuesOf(line: string): readonly string[] {
  const values: string[] = [];
  let at = 0;
  while (at <= line.length && values.length < values_max) {
    if (line.charCodeAt(at) === 34) {
      const end = closingQuote(line, at + 1);
      values.push(line.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 2;
    } else {
      const comma = line.indexOf(',', at);
      const end = comma === -1 ? line.length : comma;
      values.push(line.slice(at, end));
      at = end + 1;
    }
  }
  return values;
}

function closingQuote(line: string, from: number): number {
  let at = line.indexOf('"', from);
  while (at !== -1 && line.charCodeAt(at + 1) === 34) at = line.indexOf('"', at + 2);
  return at === -1 ? line.length : at;
}
