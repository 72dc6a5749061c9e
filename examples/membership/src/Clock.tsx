import { useState } from 'react'
import { type ShopView, useAction } from './api.ts'
import { Happened } from './History.tsx'
import { useWords } from './words.ts'

const steps = [1, 7, 'month'] as const

/** Only on the sandbox: moves its clock, lives through the days, and shows what they brought. */
export function Clock({ shop: { today, history } }: { shop: ShopView }) {
  const { clock, day, sandbox, failed } = useWords()
  const skip = useAction<{ days: (typeof steps)[number] }>(() => '/clock')
  const [since, setSince] = useState(0)
  const news = history.filter(({ id }) => id > since)
  return (
    <aside className="clock" aria-label={clock.title}>
      <p>
        <strong>{day(today)}</strong> <small>{sandbox}</small>
      </p>
      <p className="actions">
        {steps.map((days) => (
          <button
            key={days}
            type="button"
            aria-disabled={skip.isPending}
            onClick={() => {
              if (skip.isPending) return
              setSince(history[0]?.id ?? 0)
              skip.mutate({ days })
            }}
          >
            {clock[days]}
          </button>
        ))}
      </p>
      <div role="status">
        {skip.isPending && <p>{clock.busy}</p>}
        {skip.isError && <p>{failed}</p>}
        {skip.isSuccess && (news.length > 0 ? <Happened rows={news} /> : <p>{clock.quiet}</p>)}
      </div>
    </aside>
  )
}
