/** Short words for what an attacker did, by ATT&CK technique; sub-techniques fall back to their parent. */
const phrases: Readonly<Record<string, string>> = {
  T1021: 'remote service used',
  T1036: 'disguised as something legitimate',
  T1041: 'data sent out',
  T1046: 'network scanned',
  T1048: 'data sent out over another protocol',
  T1053: 'job scheduled',
  T1059: 'shell in container',
  'T1059.013': 'container command-line used',
  T1068: 'privileges raised by an exploit',
  T1069: 'permissions looked up',
  T1070: 'traces removed',
  T1071: 'command-and-control traffic',
  T1078: 'valid account misused',
  T1090: 'traffic through a proxy',
  T1098: 'account rights changed',
  T1105: 'tool brought in',
  T1110: 'passwords tried',
  T1133: 'remote access from outside',
  T1136: 'account created',
  T1190: 'public-facing application exploited',
  T1204: 'malicious image run',
  T1485: 'data destroyed',
  T1490: 'recovery prevented',
  T1496: 'resources hijacked',
  T1498: 'network flooded',
  T1499: 'service overloaded',
  T1525: 'image planted',
  T1528: 'service-account token read',
  T1543: 'service or daemon planted',
  T1550: 'stolen token used',
  T1552: 'credentials read',
  'T1552.007': 'secrets read through the API',
  T1562: 'defences switched off',
  T1571: 'traffic on an unusual port',
  T1609: 'command run in container',
  T1610: 'container deployed',
  T1611: 'escape to the node',
  T1612: 'image built on the node',
  T1613: 'cluster explored',
};

/** The words for the first technique that has some. */
export function phraseOf(techniques: readonly string[]): string | undefined {
  for (const technique of techniques) {
    const phrase = phrases[technique] ?? phrases[technique.slice(0, 5)];
    if (phrase !== undefined) return phrase;
  }
  return undefined;
}
