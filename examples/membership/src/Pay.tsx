import { useQueryClient } from '@tanstack/react-query'
import { type BillingKeySummary, useCharge } from 'react-billing-key'
import { Ask } from './Ask.tsx'
import { useWords } from './words.ts'

/** Pays the month that was declined, with one of the cards. The order is the daily job's: whoever is first, it is paid once. */
export function Pay({ card: { customerUid, card }, order, amount }: { card: BillingKeySummary; order: string; amount: number }) {
  const words = useWords()
  const client = useQueryClient()
  const charge = useCharge()
  const { data: answer } = charge
  const pay = () => charge.mutate({ customerUid, order }, { onSettled: () => void client.invalidateQueries({ queryKey: ['shop'] }) })
  const name = `${card?.name ?? words.card} ${card?.number?.slice(-4) ?? ''}`
  return (
    <>
      <Ask label={words.pay(words.won(amount))} question={words.payAsk(words.won(amount), name)} yes={pay} isBusy={charge.isPending} />
      <span role="status">
        {answer?.status === 'paid' && words.paid(words.won(answer.amount))}
        {answer?.status === 'declined' && words.declined(answer.message)}
        {answer?.status === 'unknown' && words.unknown}
        {charge.error && words.failed}
      </span>
    </>
  )
}
