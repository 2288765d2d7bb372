import { expect, test } from 'vitest';
import { attackOfTags, threatOf } from './attack.ts';

test.each([
  [['T1059.004', 'container', 'mitre_execution'], ['execution'], ['T1059.004']],
  [['TA0003', 'PCI_DSS_11.5.1', 'mitre_persistence'], ['persistence'], []],
  [['T1562-impair-defenses', 'TA0005-defense-evasion'], ['defense-evasion'], ['T1562']],
  [['MITRE', 'MITRE_T1036_masquerading', 'MITRE_T1565_data_manipulation'], [], ['T1036', 'T1565']],
  [['attack.t1611', 'attack.privilege_escalation'], ['privilege-escalation'], ['T1611']],
  [['mitre_credential_access', 'Credential Access'], ['credential-access'], []],
  [['T10', 'T12345', 'TA9999', 'terminal', 'tactics', ''], [], []],
])('reads %j', (tags, tactics, techniques) => {
  expect(attackOfTags(tags)).toEqual({ tactics, techniques });
});

test('the ECS form carries ids and names', () => {
  expect(threatOf({ tactics: ['impact'], techniques: ['T1496'] })).toEqual({
    framework: 'MITRE ATT&CK',
    tactic: { name: ['impact'], id: ['TA0040'] },
    technique: { id: ['T1496'] },
  });
  expect(threatOf({ tactics: [], techniques: ['T1059.004', 'T1059'] })?.technique).toEqual({
    id: ['T1059'],
    subtechnique: { id: ['T1059.004'] },
  });
  expect(threatOf({ tactics: [], techniques: [] })).toBeUndefined();
});
