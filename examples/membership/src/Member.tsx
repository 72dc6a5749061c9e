import { Fragment, useState } from 'react'
import { BillingKeyList, type BillingKeyOutcome, BillingKeyOutcomeView } from 'react-billing-key'
import { Title } from './App.tsx'
import { type ShopView, useRefresh } from './api.ts'
import { Happened, Orders } from './History.tsx'
import { Pay } from './Pay.tsx'
import { Plans } from './Plans.tsx'
import { Subscription } from './Subscription.tsx'
import { useWords } from './words.ts'

/** A member's page: the subscription, or the plans to choose from; cards, payments, what happened. */
export function Member({ shop, member }: { shop: ShopView; member: string }) {
  const words = useWords()
  const refresh = useRefresh()
  const [issued, setIssued] = useState<{ outcome: BillingKeyOutcome; on: string } | null>(null)
  const onOutcome = async (outcome: BillingKeyOutcome) => {
    await refresh()
    if (outcome.status === 'issued') setIssued({ outcome, on: shop.today })
  }
  const registering = { member, onOutcome }
  const { subscription, orders, history } = shop
  const isLive = subscription !== null && subscription.state !== 'ended'
  return (
    <>
      <Title>{isLive ? words.mine : words.choose}</Title>
      {issued?.on === shop.today && <BillingKeyOutcomeView outcome={issued.outcome} takesFocus />}
      {/* a card that came is told above, once: the button that could say so begins anew, whether or not the page still has it */}
      <Fragment key={issued?.outcome.impUid}>
        {subscription && <Subscription {...registering} subscription={subscription} />}
        {!isLive && <Plans {...registering} today={shop.today} hadOne={subscription !== null} />}
      </Fragment>
      {subscription && (
        <section aria-labelledby="orders">
          <h2 id="orders">{words.orders}</h2>
          <Orders orders={orders} />
        </section>
      )}
      <div>
        <h2>{words.cards}</h2>
        <BillingKeyList
          action={(key) =>
            subscription?.pastDue && <Pay key={shop.today} card={key} order={subscription.pastDue.order} amount={subscription.amount} />
          }
          onRemoved={refresh}
        />
      </div>
      {subscription && (
        <section aria-labelledby="history">
          <h2 id="history">{words.history}</h2>
          <Happened rows={history} />
        </section>
      )}
    </>
  )
}
