import type { ExtensionFields } from './field.ts';

/** The incident, as in `breakwater-incidents-*`, in every change of it, and by its id in every row of a timeline. */
export const incidentFields: ExtensionFields = {
  'incident.id': { type: 'keyword', description: 'The incident.' },
  'incident.title': { type: 'text', description: 'One line that says what happened.' },
  'incident.status': { type: 'keyword', description: 'candidate, open, acknowledged, closed or merged.' },
  'incident.disposition': { type: 'keyword', description: 'What it was found to be when it was closed.' },
  'incident.assignee': { type: 'keyword', description: 'Who works on it.' },
  'incident.severity': { type: 'keyword', description: 'low, medium, high or critical.' },
  'incident.score': { type: 'float', description: '0 to 100.' },
  'incident.opener': {
    type: 'keyword',
    description: 'Why it is shown: the rule or the score that opened it.',
  },
  'incident.first_seen': { type: 'date_nanos', description: 'Event time of its first signal.' },
  'incident.last_seen': { type: 'date_nanos', description: 'Event time of its last signal.' },
  'incident.signals': { type: 'long', description: 'How many signals it joins.' },
  'incident.events': { type: 'long', description: 'How many events it joins.' },
  'incident.families': { type: 'keyword', description: 'Families of its signals.' },
  'incident.datasets': { type: 'keyword', description: 'Datasets of its signals.' },
  'incident.rules': { type: 'keyword', description: 'Ids of the rules that fired.' },
  'incident.tactics': { type: 'keyword', description: 'ATT&CK tactics in order of first time.' },
  'incident.techniques': { type: 'keyword', description: 'ATT&CK techniques.' },
  'incident.entities': { type: 'keyword', description: 'Entities involved, kind:value.' },
  'incident.actors': { type: 'keyword', description: 'Entities that acted.' },
  'incident.targets': { type: 'keyword', description: 'Entities acted upon.' },
  'incident.root_cause': { type: 'keyword', description: 'The earliest signal on a path of causes.' },
  'incident.merged_into': { type: 'keyword', description: 'The incident that took its place.' },
  'incident.split_from': { type: 'keyword', description: 'The incident that it was a part of.' },
  'incident.related': { type: 'keyword', description: 'Incidents that it goes on from.' },
  'incident.former_ids': { type: 'keyword', description: 'Ids that it had before; they keep answering.' },
  'incident.role': { type: 'keyword', description: 'Of a row of the timeline: bridge, attach or context.' },
};
