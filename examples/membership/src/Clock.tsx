import { useRef, useState } from 'react'
import { type ShopView, useAction } from './api.ts'
import { Happened } from './History.tsx'
import { useWords } from './words.ts'

const steps = [1, 7, 'month'] as const

/** Only on the sandbox: moves its clock, lives through the days, and shows what they brought. */
export function Clock({ shop }: { shop: ShopView }) {
  const { clock, day, sandbox, failed } = useWords()
  const skip = useAction<{ days: (typeof steps)[number] }>(() => '/clock')
  const [since, setSince] = useState<number | null>(null)
  const last = useRef(0)
  last.current = shop.history[0]?.id ?? 0
  const news = since === null || skip.isPending ? [] : shop.history.filter(({ id }) => id > since)
  return (
    <aside className="clock" aria-label={clock.title}>
      <p>
        <strong>{day(shop.today)}</strong> <small>{sandbox}</small>
      </p>
      <p className="actions">
        {steps.map((days) => (
          <button
            key={days}
            type="button"
            aria-disabled={skip.isPending}
            onClick={() => {
              if (skip.isPending) return
              setSince(last.current)
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
        {skip.isSuccess && since !== null && (news.length > 0 ? <Happened rows={news} /> : <p>{clock.quiet}</p>)}
      </div>
    </aside>
  )
}
