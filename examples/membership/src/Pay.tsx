import { type BillingKeySummary, useCharge } from 'react-billing-key'
import { Ask } from './Ask.tsx'
import { useRefresh } from './api.ts'
import { useWords } from './words.ts'

/** Pays the month that was declined, with one of the cards. The order is the daily job's: whoever is first, it is paid once. */
export function Pay({ card: { customerUid, card }, order, amount }: { card: BillingKeySummary; order: string; amount: number }) {
  const words = useWords()
  const charge = useCharge()
  const refresh = useRefresh()
  const pay = () => charge.mutate({ customerUid, order }, { onSettled: refresh })
  const name = `${card?.name ?? words.card} ${card?.number?.slice(-4) ?? ''}`
  return (
    <>
      <Ask label={words.pay(words.won(amount))} question={words.payAsk(words.won(amount), name)} yes={pay} isBusy={charge.isPending} />
      <span role="status">
        {charge.data?.status === 'declined' && words.declined(charge.data.message)}
        {charge.data?.status === 'unknown' && words.unknown}
        {charge.error && words.failed}
      </span>
    </>
  )
}
