import { intervals_per_key_max } from '../intervals.ts';

/**
 * Merges lines into keys, atomically: the same as `mergeInterval`, where the keys live. It is sent as a whole each time,
 * so that a server that forgot its scripts does not matter. KEYS: one for each line of ARGV, from the second on; ARGV:
 * time to live in milliseconds, then the lines.
 */
export const mergeScript = `
local function newest_first(a, b)
  if a.from ~= b.from then return a.from > b.from end
  return a.value < b.value
end

for i, key in ipairs(KEYS) do
  local from, to, value = string.match(ARGV[i + 1], '^(%S+) (%S+) ([^\\n]*)\\n$')
  local known, found, changed = {}, false, false
  for f, t, v in string.gmatch(redis.call('GET', key) or '', '(%S+) (%S+) ([^\\n]*)\\n') do
    if v == value then
      found = true
      if from < f then f, changed = from, true end
      if to < t then t, changed = to, true end
    end
    known[#known + 1] = { from = f, to = t, value = v }
  end
  if not found then
    known[#known + 1] = { from = from, to = to, value = value }
    changed = true
  end
  if changed then
    table.sort(known, newest_first)
    local lines = {}
    for n = 1, math.min(#known, ${intervals_per_key_max}) do
      lines[n] = known[n].from .. ' ' .. known[n].to .. ' ' .. known[n].value .. '\\n'
    end
    redis.call('SET', key, table.concat(lines), 'PX', ARGV[1])
  else
    redis.call('PEXPIRE', key, ARGV[1])
  end
end
`;
