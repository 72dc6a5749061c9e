import {
  BillingKeyOutcomeView,
  useBillingKey,
  useBillingKeyRedirect,
  useBillingKeys,
  useCharge,
  useIamport,
  useRemoveBillingKey,
} from '../../src/index.ts'
import { Data, Phases } from '../support/Phases.tsx'

const Press = ({ onClick, children }: { onClick: () => void; children: string }) => (
  <button type="button" className="plain-button" onClick={onClick}>
    {children}
  </button>
)

export function UseBillingKey() {
  const { issue, reset, phase, outcome, error, isPending, isReady, recheck, abandon } = useBillingKey()
  return (
    <>
      <Press onClick={() => issue({ order: { plan: 'monthly' } })}>issue()</Press> <Press onClick={reset}>reset()</Press>{' '}
      {isPending && <Press onClick={abandon}>abandon()</Press>}
      <Phases phase={phase} />
      <Data of={{ phase, isPending, isReady, outcome, error: error?.code ?? null }} />
      <BillingKeyOutcomeView outcome={outcome} error={error} onRecheck={recheck} />
    </>
  )
}

export function UseBillingKeyRedirect() {
  const { outcome, isPending, error } = useBillingKeyRedirect()
  return (
    <>
      <Phases phase={isPending ? 'pending' : (outcome?.status ?? 'none')} />
      <Data of={{ isPending, outcome, error }} />
    </>
  )
}

export function UseIamport() {
  const { status, error, load } = useIamport()
  return (
    <>
      <Press onClick={load}>load()</Press>
      <Phases phase={status} />
      <Data of={{ status, error: error?.code ?? null }} />
    </>
  )
}

export function UseBillingKeys() {
  const { data, status, fetchStatus, refetch } = useBillingKeys()
  return (
    <>
      <Press onClick={() => void refetch()}>refetch()</Press>
      <Phases phase={status} />
      <Data of={{ status, fetchStatus, data }} />
    </>
  )
}

export function UseRemoveBillingKey() {
  const { data: keys = [] } = useBillingKeys()
  const remove = useRemoveBillingKey()
  const [first] = keys
  return (
    <>
      <Press onClick={() => first && remove.mutate(first.customerUid)}>remove.mutate(customerUid)</Press>
      <Phases phase={remove.status} />
      <Data of={{ status: remove.status, keys }} />
    </>
  )
}

export function UseCharge() {
  const charge = useCharge()
  return (
    <>
      <Press onClick={() => charge.mutate({ customerUid: 'card-1', order: 'order-1' })}>charge.mutate(…)</Press>
      <Phases phase={charge.status} />
      <Data of={{ status: charge.status, data: charge.data ?? null }} />
    </>
  )
}
