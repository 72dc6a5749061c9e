import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, userEvent, waitFor, within } from 'storybook/test'
import { BillingKeyButton, type BillingKeyProviderProps, type BillingKeyRequest, en } from '../src/index.ts'
import { newRequest, Sandboxed } from './sandbox.tsx'

type RegistrationProps = Partial<BillingKeyProviderProps> & {
  request: BillingKeyRequest | (() => BillingKeyRequest | Promise<BillingKeyRequest>)
  label?: string
}

function Registration({ request, label, ...props }: RegistrationProps) {
  return (
    <Sandboxed {...props}>
      <BillingKeyButton request={request}>{label}</BillingKeyButton>
    </Sandboxed>
  )
}

const meta: Meta<typeof Registration> = {
  title: 'BillingKeyButton',
  component: Registration,
  args: { request: () => Promise.resolve(newRequest()) },
}
export default meta
type Story = StoryObj<typeof Registration>

/** The payment window's document, once it is there. */
async function windowOf(root: HTMLElement) {
  const frame = await waitFor(() => {
    const found = root.ownerDocument.querySelector<HTMLIFrameElement>('.imp-dialog iframe')
    if (!found?.contentDocument?.querySelector('form')) throw new Error('no window yet')
    return found.contentDocument
  })
  return within(frame.body)
}

async function open(canvas: ReturnType<typeof within>, name = '카드 등록하기') {
  await userEvent.click(await canvas.findByRole('button', { name }))
}

/** At rest. Press it: the payment window opens on the sandbox in this page. */
export const Idle: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole('button', { name: '카드 등록하기' })).toHaveAttribute('data-phase', 'idle')
  },
}

/** The approved test card. */
export const Approved: Story = {
  play: async ({ canvas, canvasElement }) => {
    await open(canvas)
    const opened = await windowOf(canvasElement)
    await userEvent.click(opened.getByRole('button', { name: '카드 등록' }))
    await expect(await canvas.findByText('카드를 등록했어요.')).toBeVisible()
  },
}

/** `amount: 9900` charges the first payment in the same window. */
export const FirstPayment: Story = {
  args: { request: () => Promise.resolve(newRequest({ amount: 9900 })), label: '등록하고 9,900원 결제' },
  play: async ({ canvas, canvasElement }) => {
    await open(canvas, '등록하고 9,900원 결제')
    const opened = await windowOf(canvasElement)
    await userEvent.click(opened.getByRole('button', { name: '등록하고 결제' }))
    await expect(await canvas.findByText('카드를 등록하고 9,900원을 결제했어요.')).toBeVisible()
  },
}

/** A card the issuer declines. The button works again. */
export const Declined: Story = {
  play: async ({ canvas, canvasElement }) => {
    await open(canvas)
    const opened = await windowOf(canvasElement)
    await userEvent.selectOptions(opened.getByLabelText('테스트 카드'), '신한카드 · 거절')
    await userEvent.click(opened.getByRole('button', { name: '카드 등록' }))
    await expect(await canvas.findByText('이유: 카드사에서 거절된 카드입니다.')).toBeVisible()
    await expect(canvas.getByRole('button', { name: '카드 등록하기' })).not.toHaveAttribute('aria-disabled')
  },
}

/** The customer presses 취소. */
export const Cancelled: Story = {
  play: async ({ canvas, canvasElement }) => {
    await open(canvas)
    const opened = await windowOf(canvasElement)
    await userEvent.click(opened.getByRole('button', { name: '취소' }))
    await expect(await canvas.findByText(/카드 등록을 취소했어요/)).toBeVisible()
  },
}

/** The overlay's X hides it, and the SDK never calls back: the outcome comes all the same. */
export const ClosedByX: Story = {
  play: async ({ canvas, canvasElement }) => {
    await open(canvas)
    await windowOf(canvasElement)
    const close = canvasElement.ownerDocument.querySelector<HTMLElement>('.imp-close')
    close?.click()
    await expect(await canvas.findByText(/결제창을 닫았어요/)).toBeVisible()
  },
}

/** While the window is open the button waits, and 결제창 닫기 leads out. */
export const WindowOpen: Story = {
  play: async ({ canvas, canvasElement }) => {
    await open(canvas)
    await windowOf(canvasElement)
    await expect(canvas.getByRole('button', { name: '결제창에서 진행 중…' })).toHaveAttribute('aria-busy', 'true')
    await userEvent.click(within(canvasElement.ownerDocument.body).getByRole('button', { name: '결제창 닫기' }))
    await expect(await canvas.findByRole('button', { name: '카드 등록하기' })).toHaveAttribute('data-phase', 'settled')
  },
}

/** The shop's server takes its time to answer with an intent. */
export const Preparing: Story = {
  args: { request: () => new Promise(() => {}) },
  play: async ({ canvas }) => {
    await open(canvas)
    await expect(await canvas.findByText('등록을 준비하는 중…')).toBeVisible()
  },
}

/** A page that has not loaded the SDK, with what `prepare` puts there. */
const withoutSdk = (prepare: () => HTMLElement | null) => () => {
  const page = Symbol.for('react-billing-key.page')
  const IMP: unknown = Reflect.get(window, 'IMP')
  const state: unknown = Reflect.get(window, page)
  Reflect.deleteProperty(window, 'IMP')
  Reflect.deleteProperty(window, page)
  const put = prepare()
  return () => {
    put?.remove()
    Object.assign(window, { IMP, [page]: state })
  }
}
const slowUrl = 'https://slow.invalid/iamport.js'

/** The SDK is on its way: the click is kept, and opens the window when it is there. */
export const LoadingSdk: Story = {
  args: { scriptUrl: slowUrl, loadTimeoutMs: 3_600_000 },
  beforeEach: withoutSdk(() => {
    const pending = document.createElement('script')
    pending.type = 'text/plain'
    pending.src = slowUrl
    document.head.append(pending)
    return pending
  }),
  play: async ({ canvas }) => {
    await open(canvas)
    await expect(await canvas.findByRole('button', { name: '결제창을 불러오는 중…' })).toHaveAttribute('data-phase', 'loading-sdk')
  },
}

/** The SDK could not be loaded. Pressing again tries again. */
export const LoadFailed: Story = {
  args: { scriptUrl: 'data:text/javascript,' },
  beforeEach: withoutSdk(() => null),
  play: async ({ canvas }) => {
    await open(canvas)
    await expect(await canvas.findByRole('alert')).toHaveTextContent('결제창을 불러오지 못했어요.')
    await expect(canvas.getByRole('button', { name: '카드 등록하기' })).not.toHaveAttribute('aria-disabled')
  },
}

/** The shop's server is being asked. */
export const Confirming: Story = {
  args: { confirm: () => new Promise(() => {}) },
  play: async ({ canvas, canvasElement }) => {
    await open(canvas)
    const opened = await windowOf(canvasElement)
    await userEvent.click(opened.getByRole('button', { name: '카드 등록' }))
    await expect(await canvas.findByRole('button', { name: '등록 결과를 확인하는 중…' })).toHaveAttribute('data-phase', 'confirming')
  },
}

/** The shop's server could not be reached: the result can be asked again, and nothing is registered twice. */
export const Unconfirmed: Story = {
  args: { confirm: () => Promise.reject(new Error('offline')) },
  play: async ({ canvas, canvasElement }) => {
    await open(canvas)
    const opened = await windowOf(canvasElement)
    await userEvent.click(opened.getByRole('button', { name: '카드 등록' }))
    await expect(await canvas.findByRole('button', { name: '결과 다시 확인' })).toBeVisible()
  },
}

/** A request the developer got wrong is refused before the window opens. */
export const InvalidRequest: Story = {
  args: { request: newRequest({ amount: -1 }) },
  play: async ({ canvas }) => {
    await open(canvas)
    await expect(await canvas.findByRole('alert')).toHaveTextContent('결제창을 열지 못했어요')
  },
}

/** In English. */
export const English: Story = {
  args: { locale: en },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole('button', { name: 'Add a card' })).toBeVisible()
  },
}
