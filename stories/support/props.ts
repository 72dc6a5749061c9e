import type { ButtonHTMLAttributes } from 'react'
import type { InputType } from 'storybook/internal/types'
import type {
  BillingKeyButtonProps,
  BillingKeyListProps,
  BillingKeyOutcomeViewProps,
  BillingKeyProviderProps,
  BillingKeyRedirectProps,
  BillingKeyRequest,
  BillingKeysOptions,
  UseBillingKeyOptions,
  UseBillingKeyRedirectOptions,
  UseBillingKeyRedirectResult,
  UseBillingKeyResult,
  UseIamportResult,
} from '../../src/index.ts'

/** One prop as a page shows it: its type, and what it is in Korean and English. */
export interface PropRow {
  readonly type: string
  readonly ko: string
  readonly en: string
  readonly required?: true
  readonly default?: string
}
export type PropTable = Readonly<Record<string, PropRow>>

const row = (type: string, ko: string, en: string, rest: { required?: true; default?: string } = {}): PropRow => ({ type, ko, en, ...rest })
const required = { required: true } as const
/** A forgotten prop does not compile, and neither does one that has gone. */
type TableOf<Keys extends PropertyKey> = { readonly [key in Keys]: PropRow }

const onOutcome = row(
  '(outcome: BillingKeyOutcome) => void',
  '결과가 나올 때마다 한 번씩 부릅니다. 컴포넌트가 사라진 뒤에도 부릅니다.',
  'Called once for each outcome, also after the component has gone.',
)
const onError = row(
  '(error: BillingKeyError) => void',
  '개발자나 환경의 잘못을 알립니다. 없으면 콘솔에 씁니다. 고객의 거절은 결과로 옵니다.',
  'What the developer or the environment did wrong; written to the console without it. A refusal is an outcome.',
)
const confirm = row(
  '(claim: Claim, signal: AbortSignal) => Promise<ConfirmAnswer>',
  '`api` 대신 서버에 확인하는 함수입니다. 같은 claim으로 다시 불러도 안전해야 합니다.',
  'Asks your server in place of `api`. Safe to call again with the same claim.',
)

const defaults = {
  pg: row(
    'Pg',
    'PG 코드, 또는 `코드.상점아이디`. 등록된 PG가 하나면 생략할 수 있습니다.',
    'The PG, or `code.mid`. May be left out when only one is registered.',
  ),
  channelKey: row(
    'string',
    '채널 키. `pg`와 함께 주면 키를 보내고 규칙은 그 PG의 것을 씁니다.',
    'The channel. Beside `pg` the key is sent and that PG’s rules hold.',
  ),
  redirectUrl: row('string', '휴대폰에서 돌아올 주소입니다.', 'Where a phone comes back to.'),
  appScheme: row(
    'string',
    '앱의 URL 스킴. 카드사 앱에서 웹뷰로 돌아올 때 씁니다.',
    'The app’s URL scheme, for the way back from a bank’s app to a WebView.',
  ),
  noticeUrl: row(
    'string | readonly string[]',
    '콘솔에 적은 주소 대신 웹훅을 받을 주소입니다.',
    'Where webhooks go, in place of the console’s address.',
  ),
  language: row('string', '결제창의 언어. PG가 지원할 때만 바뀝니다.', 'Language of the window, where the PG has several.'),
} as const

export const propTables = {
  BillingKeyProviderProps: {
    userCode: row('string', '포트원 콘솔의 고객사 식별코드.', 'Your merchant code from PortOne’s console.', required),
    tierCode: row('string', '하위 상점 코드. 영문 대문자와 숫자 세 자리.', 'Sub-merchant, three of A–Z and 0–9.'),
    api: row('string', '서버 핸들러의 주소. 예: `/api/billing`', 'Base address of your handler, e.g. `/api/billing`.'),
    confirm,
    confirmTimeoutMs: row('number', '서버의 답을 기다리는 시간(ms).', 'How long your server may take, in ms.', { default: '15000' }),
    customerKey: row(
      'string',
      '로그인한 회원의 id. 바뀌면 앞 회원의 것은 모두 지웁니다.',
      'The signed-in member’s id. When it changes, the other one’s data is dropped.',
    ),
    locale: row(
      'Messages',
      '고객이 읽는 문구: `ko`, `en`, 또는 `{ ...ko, button: "…" }`',
      'What customers read: `ko`, `en` or `{ ...ko, button: "…" }`.',
      { default: 'ko' },
    ),
    ...defaults,
    preload: row("'mount' | 'interaction'", 'SDK를 언제 불러올지 정합니다.', 'When the SDK is loaded.', { default: "'mount'" }),
    scriptUrl: row('string', 'SDK의 주소. 샌드박스를 쓸 때 바꿉니다.', 'Address of the SDK. Change it for the sandbox.', {
      default: 'cdn.iamport.kr/v1/iamport.js',
    }),
    nonce: row('string', 'script 태그의 CSP nonce.', 'CSP nonce of the script tag.'),
    crossOrigin: row("'anonymous' | 'use-credentials'", 'script 태그의 crossorigin.', '`crossorigin` of the script tag.'),
    loadTimeoutMs: row('number', 'SDK를 기다리는 시간(ms).', 'How long the SDK may take, in ms.', { default: '15000' }),
    replaceUrl: row(
      '(url: string) => void',
      '주소를 따로 기억하는 라우터를 위한 함수.',
      'For routers that keep their own copy of the address.',
      { default: 'history.replaceState' },
    ),
    children: row('ReactNode', '버튼과 훅을 쓰는 화면.', 'What uses buttons and hooks.'),
  } satisfies TableOf<keyof BillingKeyProviderProps>,

  BillingKeyButtonProps: {
    order: row(
      'unknown',
      '주문. 서버의 `POST /intents`로 보내면 서버가 요청을 만듭니다. `request`와 함께 쓸 수 없습니다.',
      'Goes to your server (`POST /intents`), which makes the request. Never beside `request`.',
    ),
    request: row(
      'BillingKeyRequest | (() => BillingKeyRequest | Promise<BillingKeyRequest>)',
      '요청, 또는 요청을 돌려주는 함수.',
      'A request, or a function that gives one.',
    ),
    onOutcome,
    onError,
    quiet: row(
      'boolean',
      '버튼 아래에 결과를 보여 주지 않습니다. 결제창에서 나가는 길은 남습니다.',
      'Shows no outcome below the button. The way out of the window stays.',
      { default: 'false' },
    ),
    children: row('ReactNode', '아무 일도 없을 때의 버튼 이름.', 'The label while nothing is under way.', { default: 'locale.button' }),
    render: row(
      '(props, state: UseBillingKeyResult) => ReactElement',
      '직접 만든 버튼에 `props`를 펼쳐서 씁니다.',
      'Draws your own element: spread `props` on it.',
    ),
  } satisfies TableOf<Exclude<keyof BillingKeyButtonProps, Exclude<keyof ButtonHTMLAttributes<HTMLButtonElement>, 'children' | 'onError'>>>,

  BillingKeyOutcomeViewProps: {
    outcome: row('BillingKeyOutcome | null', '보여 줄 결과.', 'What is told.', required),
    error: row('BillingKeyError | null', '보여 줄 오류.', 'An error, told in the customer’s words.'),
    isPending: row('boolean', '서버에 확인하는 중인지.', 'Whether the server is being asked.', { default: 'false' }),
    onRetry: row('() => void', '`cancelled`, `failed` 뒤에 다시 시도 버튼을 보여 줍니다.', 'Offered after `cancelled` and `failed`.'),
    onRecheck: row('() => void', '`unconfirmed` 뒤에 결과를 다시 확인합니다.', 'Offered after `unconfirmed`: the hook’s `recheck`.'),
    takesFocus: row(
      'boolean',
      '결과가 나오면 화면에 보이게 하고 초점을 옮깁니다.',
      'Scrolls the result into view and focuses it when it comes.',
      { default: 'false' },
    ),
    children: row('ReactNode', '다음 화면으로 가는 링크.', 'The way on: a link to your next page.'),
  } satisfies TableOf<keyof BillingKeyOutcomeViewProps>,

  BillingKeyRedirectProps: {
    onOutcome: row(
      '(outcome: BillingKeyOutcome) => void',
      '결과를 한 번만 알립니다. 새로고침하면 다시 부르지 않습니다.',
      'The outcome, once: a refresh does not tell it again.',
    ),
    confirm,
    onRetry: row('() => void', '버튼이 있는 화면으로 보내는 함수.', 'Lead back to the page with the button.'),
    children: row(
      'ReactNode | ((outcome: BillingKeyOutcome | null) => ReactNode)',
      '성공했을 때만 보여 줄 내용, 또는 결과를 받는 함수.',
      'An element only after a success, or a function of the outcome.',
    ),
  } satisfies TableOf<keyof BillingKeyRedirectProps>,

  BillingKeyListProps: {
    action: row('(key: BillingKeySummary) => ReactNode', '카드마다 놓을 버튼.', 'What your shop can do with a card.'),
    lastCharge: row(
      '(key: BillingKeySummary) => LastCharge | null',
      '상점이 기록한 마지막 결제.',
      'Your own record of a card’s last charge.',
    ),
    onRemoved: row('(customerUid: string) => void', '카드를 삭제한 뒤에 부릅니다.', 'After a card was removed.'),
    empty: row('ReactNode', '카드가 없을 때 보여 줄 내용.', 'In place of “no card yet”.'),
  } satisfies TableOf<keyof BillingKeyListProps>,

  UseBillingKeyOptions: { onOutcome, onError, confirm, ...defaults } satisfies TableOf<keyof UseBillingKeyOptions>,

  UseBillingKeyResult: {
    issue: row(
      '(source: RequestSource) => void',
      '등록을 시작합니다. 클릭 처리 함수 안에서 부르세요.',
      'Starts an attempt. Call it in a click handler.',
    ),
    issueAsync: row(
      '(source) => Promise<BillingKeyOutcome>',
      '첫 결과로 끝나는 Promise를 돌려줍니다. 알리지 않고 끝난 시도는 창이 열리기 전이면 `cancelled`, 그 뒤면 주문 없는 `unconfirmed`로 끝납니다.',
      'Resolves with the first outcome, rejects with a `BillingKeyError`. An attempt that ends in silence resolves as `cancelled` before its window, else as an `unconfirmed` of no order.',
    ),
    prepare: row(
      '(source?: RequestSource) => void',
      'SDK와 요청을 미리 받아 둡니다.',
      'Fetches the SDK, and the request, ahead of the click.',
    ),
    phase: row(
      "'idle' | 'loading-sdk' | 'preparing' | 'ready' | 'window-open' | 'confirming' | 'settled'",
      '지금 단계.',
      'Where the attempt is.',
    ),
    outcome: row('BillingKeyOutcome | null', '마지막 결과.', 'The last outcome.'),
    error: row('BillingKeyError | null', '마지막 오류.', 'The last error.'),
    isPending: row('boolean', '진행 중인지.', 'Whether an attempt is under way.'),
    isReady: row('boolean', '누르면 바로 결제창이 열리는지.', 'Whether a click opens the window in its own task.'),
    isOrphaned: row(
      'boolean',
      '시작한 컴포넌트가 사라졌는데 진행 중인 등록이 있는지.',
      'Whether an attempt is under way whose component has gone.',
    ),
    recheck: row('() => void', '`unconfirmed` 뒤에 서버에 다시 묻습니다.', 'Asks your server again after `unconfirmed`.'),
    reset: row('() => void', '결과와 오류를 지웁니다.', 'Forgets outcome and error.'),
    abandon: row('() => void', '진행 중인 등록에서 나옵니다.', 'The way out of the attempt under way.'),
  } satisfies TableOf<keyof UseBillingKeyResult>,

  UseBillingKeyRedirectOptions: {
    onOutcome: row('(outcome: BillingKeyOutcome) => void', '결과를 등록마다 한 번 알립니다.', 'The outcome, once for each attempt.'),
    confirm,
  } satisfies TableOf<keyof UseBillingKeyRedirectOptions>,

  UseBillingKeyRedirectResult: {
    outcome: row(
      'BillingKeyOutcome | null',
      '확인 중이거나 결과 없이 열렸으면 `null`.',
      '`null` while pending, and when opened without a result.',
    ),
    isPending: row('boolean', '확인하는 중인지.', 'Whether the server is being asked.'),
    error: row('BillingKeyError | null', '오류.', 'An error.'),
    recheck: row('() => void', '서버에 다시 묻습니다.', 'Asks your server again.'),
  } satisfies TableOf<keyof UseBillingKeyRedirectResult>,

  UseIamportResult: {
    status: row("'idle' | 'loading' | 'ready' | 'error'", 'SDK의 상태.', 'The state of the SDK.'),
    error: row('BillingKeyError | null', '불러오지 못한 이유.', 'Why it could not be loaded.'),
    load: row('() => void', '지금 불러옵니다. 실패한 뒤에도 다시 부를 수 있습니다.', 'Loads now, also again after a failure.'),
  } satisfies TableOf<keyof UseIamportResult>,

  BillingKeysOptions: {
    api: row('string', 'provider의 `api`.', 'The provider’s `api`.', required),
    customerKey: row('string', 'provider의 `customerKey`.', 'The provider’s `customerKey`.'),
    staleTime: row('number', '답이 신선한 시간(ms).', 'How long an answer is fresh, in ms.', { default: '0' }),
    fetch: row(
      '(address, init) => Promise<Response>',
      '서버에서 쿠키와 함께 부를 때 씁니다.',
      'For a server, with the request’s cookies.',
      { default: 'fetch' },
    ),
  } satisfies TableOf<keyof BillingKeysOptions>,

  ChargeRequest: {
    customerUid: row('string', '결제할 카드.', 'The card that pays.', required),
    '…': row(
      'unknown',
      '그 밖의 값은 서버의 `price`가 읽습니다. 금액은 보내지 않습니다.',
      'Anything else is read by your server’s `price`. Never a price itself.',
    ),
  } satisfies TableOf<'customerUid' | '…'>,

  UseChargeResult: {
    mutate: row('(request: ChargeRequest) => void', '결제합니다. 한 번만 보냅니다.', 'Charges. Sent once.'),
    mutateAsync: row('(request) => Promise<ChargeAnswer>', '같은 일을 하고 결과를 기다립니다.', 'The same, with the answer to wait for.'),
    data: row(
      "{ status: 'paid' | 'declined' | 'unknown', merchantUid, … } | undefined",
      '결과. 답을 잃으면 `unknown`이고, 같은 주문은 다시 눌러도 두 번 결제되지 않습니다.',
      'The result. A lost answer is `unknown`; the same order can be pressed again without paying twice.',
    ),
    error: row(
      'BillingApiError | null',
      '서버가 거절했습니다. 아무것도 결제되지 않았습니다. `status`와 `code`가 있습니다.',
      'Your server refused, and nothing was charged: `status`, `code`.',
    ),
    isPending: row('boolean', '답을 기다리는 중인지.', 'Whether the answer is awaited.'),
    reset: row('() => void', '결과와 오류를 지웁니다.', 'Forgets result and error.'),
  } satisfies TableOf<'data' | 'error' | 'isPending' | 'mutate' | 'mutateAsync' | 'reset'>,

  UseRemoveBillingKeyResult: {
    mutate: row(
      '(customerUid: string) => void',
      '카드를 삭제합니다. 목록에서는 바로 빠지고, 실패하면 돌아옵니다.',
      'Removes a card. It leaves the list at once, and comes back when that failed.',
    ),
    mutateAsync: row('(customerUid: string) => Promise<void>', '같은 일을 하고 끝을 기다립니다.', 'The same, with an end to wait for.'),
    error: row('BillingApiError | null', '삭제하지 못한 이유.', 'Why it could not be removed.'),
    isPending: row('boolean', '삭제하는 중인지.', 'Whether it is being removed.'),
    variables: row('string | undefined', '지금 삭제하는 카드.', 'The card that is being removed.'),
  } satisfies TableOf<'error' | 'isPending' | 'mutate' | 'mutateAsync' | 'variables'>,

  BillingKeyRequest: {
    customerUid: row(
      'string',
      '빌링키의 이름. 카드 하나에 하나, 80자까지.',
      'The key’s name, one for each card, at most 80 characters.',
      required,
    ),
    merchantUid: row(
      'string',
      '주문번호. 시도마다 달라야 하고 40자까지.',
      'Order number, unique for each attempt, at most 40 characters.',
      required,
    ),
    name: row('string', '결제창에 보이는 상품 이름. 40자까지.', 'What the window shows as bought, at most 40 characters.', required),
    amount: row(
      'number',
      '이 창에서 결제할 금액. 0이면 카드만 등록합니다.',
      'What is charged in this window. 0 only issues the key.',
      required,
    ),
    displayAmount: row('number', '결제하지 않고 보여 주기만 하는 금액.', 'Shown without being charged, where the PG does that.'),
    payMethod: row('PayMethod', '결제 수단.', 'The way to pay.', { default: "'card' (JTNet)" }),
    buyer: row('Buyer', '구매자의 이름, 이메일, 전화번호, 주소.', 'The buyer’s name, email, tel and address.'),
    customerId: row('string', 'PG가 요구하는 회원 id.', 'The member’s id, where the PG keeps one.'),
    currency: row('string', 'ISO 4217 통화.', 'ISO 4217.', { default: "'KRW'" }),
    taxFree: row('number', '`amount` 중 면세 금액.', 'The part of `amount` that is free of tax.'),
    vatAmount: row('number', '`amount` 중 부가세.', 'VAT within `amount`.'),
    period: row('{ from?, to?, interval? }', '결제창에 보일 이용 기간.', 'Service period shown in the window.'),
    display: row('object', '결제창 표시 설정. SDK의 철자 그대로.', 'Display settings in the SDK’s spelling.'),
    card: row('object', '카드 설정. SDK의 철자 그대로.', 'Card settings in the SDK’s spelling.'),
    products: row('readonly object[]', '상품 목록.', 'The products.'),
    customData: row('unknown', '결제와 함께 보관할 값.', 'Kept with the payment.'),
    confirmUrl: row('string', 'PG가 승인 전에 물어볼 주소.', 'Where the PG asks before approving.'),
    popup: row('boolean', 'iframe 대신 팝업으로 엽니다.', 'A popup instead of an iframe.'),
    bypass: row('object', 'PG에 그대로 전달할 값.', 'Passed to the PG as it is.'),
    naverPopupMode: row('boolean', '네이버페이 팝업 모드.', 'Naver Pay’s popup mode.'),
    extra: row('object', '이 타입에 없는 파라미터. SDK의 철자 그대로.', 'Parameters this type does not know, in the SDK’s spelling.'),
    token: row('string', '서버가 서명한 주문. `confirm`과 함께 돌아갑니다.', 'Your server’s signed intent. Goes back with `confirm`.'),
    ...defaults,
  } satisfies TableOf<keyof BillingKeyRequest>,
} satisfies Readonly<Record<string, PropTable>>

/** Storybook's description of a table's props. Events and functions get no control: a form cannot hold them. */
export const argTypesOf = (table: PropTable) =>
  Object.fromEntries(
    Object.entries(table).map(([name, { type, ko, en, required: isRequired, default: value }]) => [
      name,
      {
        description: `${ko}\n\n${en}`,
        table: {
          type: { summary: type },
          ...(value ? { defaultValue: { summary: value } } : {}),
          ...(/=>|Node|unknown|object/.test(type) ? { category: /^on[A-Z]/.test(name) ? 'events' : 'more' } : {}),
        },
        ...(isRequired ? { type: { required: true } } : {}),
        control: controlOf(name, type),
      },
    ]),
  )

function controlOf(name: string, type: string) {
  if (name === 'children' || name === 'empty') return { type: 'text' as const }
  if (type === 'boolean' || type === 'string' || type === 'number') return { type: type === 'string' ? ('text' as const) : type }
  return false as const
}

/** The controls of a playground's own component: what each does, in both languages. A forgotten one does not compile. */
export const controlsOf = <Props>(
  controls: {
    readonly [name in keyof Props]: Pick<PropRow, 'ko' | 'en'> & Omit<InputType, 'description'>
  },
) =>
  Object.fromEntries(
    Object.entries<Pick<PropRow, 'ko' | 'en'> & InputType>(controls).map(([name, { ko, en, ...rest }]) => [
      name,
      // what is chosen is a text: a type of ours would be lost from an address
      { ...rest, ...(rest.options ? { type: 'string' } : {}), description: `${ko}\n\n${en}` },
    ]),
  )
