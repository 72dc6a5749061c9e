import { type Day, dunningDays } from '../../subscriptions/rule.ts'
import type { Database } from './store.ts'

const won = (amount: unknown) => `${Number(amount).toLocaleString('en-US')} won`

/** What came of a day, for whoever is responsible for it. The last lines ask for something to be done when they are not 0. */
export async function summaryOf(db: Database, day: Day): Promise<string> {
  const read = async (sql: string) => (await db.query(sql, [day])).rows as Record<string, string | number>[]
  const states = await read('select state, count(*), sum(amount) as amount from charges where charged_on = $1 group by state')
  const of = (state: string) => states.find((row) => row.state === state) ?? { count: 0, amount: 0 }
  const why = await read(
    `select coalesce(result ->> 'message', result ->> 'code') as why, count(*) from charges
      where charged_on = $1 and state = 'declined' group by 1 order by 2 desc limit 5`,
  )
  const waiting = await read(
    `select next_on::text as day, count(*) from subscriptions where tries > 0 and ended is null and $1::date is not null
      group by next_on order by next_on`,
  )
  const ended = await read(
    'select ended, count(*) from subscriptions where ended is not null and ended_on = $1 group by ended order by ended',
  )
  const open = await read(
    `select count(*) as count, coalesce(max(extract(epoch from clock_timestamp() - touched_at))::int, 0) as seconds
      from charges where state in ('due', 'unknown') and $1::date is not null`,
  )
  const look = await read(
    `select merchant_uid as order, result ->> 'code' as code from charges where state = 'look' and $1::date is not null`,
  )
  const list = (rows: typeof why, name: string) => rows.map((row) => `${row[name]} ${row.count}`).join(', ') || 'none'
  return [
    `${day}: ${of('paid').count} paid (${won(of('paid').amount)}), ${of('declined').count} declined (${won(of('declined').amount)})`,
    `  declined because: ${list(why, 'why')}`,
    `  in dunning (days ${dunningDays.join(', ')}), next try on: ${list(waiting, 'day')}`,
    `  ended: ${list(ended, 'ended')}`,
    `  not settled: ${open[0]?.count}${Number(open[0]?.count) > 0 ? `, last touched up to ${open[0]?.seconds} s ago` : ''}`,
    `  to be looked at by a person: ${look.map((row) => `${row.order} (${row.code})`).join(', ') || 'none'}`,
  ].join('\n')
}
