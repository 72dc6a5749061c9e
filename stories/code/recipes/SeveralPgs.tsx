import { BillingKeyButton, type BillingKeyRequest, type PgCode, pgNames, pgRules } from 'react-billing-key'

const offered = ['jtnet', 'kakaopay', 'tosspayments'] satisfies PgCode[]
/** From PortOne's console. Beside `pg` the key is what is sent, and that PG's rules hold. */
const channelKeys = { jtnet: 'channel-key-1', kakaopay: 'channel-key-2', tosspayments: 'channel-key-3' }

export function Ways({ newRequest }: { newRequest: () => BillingKeyRequest }) {
  return offered.map((pg) => (
    <BillingKeyButton
      key={pg}
      request={() => ({
        ...newRequest(),
        pg,
        channelKey: channelKeys[pg],
        amount: pgRules[pg].amount === 'display-only' ? 0 : 9900, // such a PG charges nothing in its window
      })}
    >
      {pgNames[pg].ko}
    </BillingKeyButton>
  ))
}
