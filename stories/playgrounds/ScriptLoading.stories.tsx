import type { Meta, StoryObj } from '@storybook/react-vite'
import { useEffect, useState } from 'react'
import { expect } from 'storybook/test'
import { BillingKeyProvider, type BillingKeyProviderProps, useIamport } from '../../src/index.ts'
import legacySource from '../../src/sandbox/sdk.legacy.js?raw'
import type { Both, PageOf } from '../support/docs.tsx'
import { controlsOf } from '../support/props.ts'
import { freshPage, sdkUrl } from '../support/sdk.ts'
import { useSettings } from '../support/settings.ts'

type Case = 'works' | 'slow' | 'missing' | 'blocked' | 'html' | 'two' | 'jquery' | 'nonce'

const blob = (text: string, type = 'text/javascript') => URL.createObjectURL(new Blob([text], { type }))
/** A tag of somebody else's that never answers: `text/plain` is not fetched. */
const hanging = (src: string) => document.head.append(Object.assign(document.createElement('script'), { type: 'text/plain', src }))
/** A gateway's page in place of the script. It begins with a comment, which a browser reads as one in a script as well: the console stays quiet. */
const errorPage = '<!-- <html><title>502 Bad Gateway</title><body>nginx</body></html> -->'
const works = () => sdkUrl({ sdk: 'v1', device: 'pc' })
const slow = 'https://slow.invalid/iamport.js'

/** What each case gives the provider, and what it does to the page before. */
const cases: { readonly [name in Case]: { about: Both; provider: () => Partial<BillingKeyProviderProps>; prepare?: () => void } } = {
  works: { about: { ko: '잘 됩니다', en: 'It works' }, provider: () => ({ scriptUrl: works() }) },
  slow: {
    about: { ko: '느립니다: 3초 뒤에 포기', en: 'Slow: given up after 3 seconds' },
    provider: () => ({ scriptUrl: slow, loadTimeoutMs: 3_000 }),
    prepare: () => hanging(slow),
  },
  missing: { about: { ko: '404', en: '404' }, provider: () => ({ scriptUrl: new URL('/no-such-sdk.js', location.href).href }) },
  blocked: {
    about: { ko: '광고 차단기가 막음', en: 'Blocked by an ad blocker' },
    provider: () => ({ scriptUrl: 'https://blocked.invalid/iamport.js' }),
  },
  html: { about: { ko: '스크립트 자리에 HTML', en: 'HTML in its place' }, provider: () => ({ scriptUrl: blob(errorPage, 'text/html') }) },
  two: {
    about: { ko: '이미 다른 사본이 있음', en: 'A second copy on the page' },
    provider: () => ({ scriptUrl: works() }),
    prepare: () => document.head.append(Object.assign(document.createElement('script'), { src: works() })),
  },
  jquery: { about: { ko: '예전 SDK, jQuery 없음', en: 'Legacy SDK without jQuery' }, provider: () => ({ scriptUrl: blob(legacySource) }) },
  nonce: { about: { ko: 'CSP nonce', en: 'CSP nonce' }, provider: () => ({ scriptUrl: works(), nonce: 'r4nd0m' }) },
}

interface LoadingProps {
  /** What goes wrong. */
  what: Case
}

function ScriptLoading({ what }: LoadingProps) {
  return <Page key={what} what={what} />
}

/** A page of its own for each case: nothing of the one before is left. */
function Page({ what }: LoadingProps) {
  const [provider, setProvider] = useState<Partial<BillingKeyProviderProps> | null>(null)
  useEffect(() => {
    freshPage()
    for (const left of document.querySelectorAll('script[src*="invalid"]')) left.remove()
    cases[what].prepare?.()
    setProvider(cases[what].provider())
    return freshPage
  }, [what])
  return (
    provider && (
      <BillingKeyProvider userCode="imp00000000" preload="interaction" {...(provider as object)}>
        <State what={what} {...provider} />
      </BillingKeyProvider>
    )
  )
}

const words = {
  ko: { load: '불러오기', state: '상태', was: '지나온 상태', error: '개발자가 읽는 오류', tag: 'script 태그' },
  en: { load: 'Load', state: 'State', was: 'States as they passed', error: 'What the developer reads', tag: 'The script tag' },
}

function State({ what, nonce, scriptUrl }: { what: Case } & Pick<Partial<BillingKeyProviderProps>, 'nonce' | 'scriptUrl'>) {
  const { locale } = useSettings()
  const said = words[locale]
  const { status, error, load } = useIamport()
  const [passed, setPassed] = useState<readonly string[]>([])
  useEffect(() => setPassed((before) => (before.at(-1) === status ? before : [...before, status])), [status])
  // one of another case may still be failing
  const tag = [...document.querySelectorAll<HTMLScriptElement>('script[data-billing-key]')].find(({ src }) => src === scriptUrl)
  return (
    <div className="bench">
      <div>
        <h2>{cases[what].about[locale]}</h2>
        <p>
          <button type="button" className="plain-button" onClick={load}>
            {said.load}
          </button>
        </p>
        {nonce && tag && (
          <p>
            {said.tag}: <code>{`<script nonce="${tag.nonce}">`}</code>
          </p>
        )}
      </div>
      <div aria-live="polite">
        <h2>{said.state}</h2>
        <p className="verdict">{status}</p>
        <h2>{said.was}</h2>
        <ol className="phases">
          {passed.map((name, at) => (
            <li key={`${at}-${name}`} aria-current={at === passed.length - 1 ? 'step' : undefined}>
              {name}
            </li>
          ))}
        </ol>
        {error && (
          <>
            <h2>{said.error}</h2>
            <pre>{`${error.code}\n\n${error.message}`}</pre>
          </>
        )}
      </div>
    </div>
  )
}

const meta = {
  title: 'Playgrounds/Script loading',
  component: ScriptLoading,
  argTypes: controlsOf<LoadingProps>({
    what: {
      ko: 'SDK를 불러올 때 생기는 일입니다.',
      en: 'What happens to the SDK.',
      options: Object.keys(cases),
      control: {
        type: 'radio',
        labels: Object.fromEntries(Object.entries(cases).map(([name, { about }]) => [name, `${about.ko} · ${about.en}`])),
      },
    },
  }),
  args: { what: 'works' },
  parameters: {
    shop: false,
    docs: {
      story: { inline: false, height: '420px' },
      source: { language: 'tsx', code: 'const { status, error, load } = useIamport()' },
    },
    page: {
      about: {
        ko: 'SDK를 불러오다 생길 수 있는 일을 고르고 **불러오기**를 눌러 보세요. 실패는 기억하지 않습니다. 다시 누르면 다시 시도합니다.',
        en: 'Choose what goes wrong with the SDK and press **Load**. A failure is not remembered: press again and it tries again.',
      },
    } satisfies PageOf,
  },
} satisfies Meta<typeof ScriptLoading>
export default meta
type Story = StoryObj<typeof ScriptLoading>

const loaded = (expected: string, text = ''): NonNullable<Story['play']> =>
  async function play({ canvas, userEvent, globals }) {
    await userEvent.click(await canvas.findByRole('button', { name: words[globals.locale as 'ko'].load }))
    await expect((await canvas.findAllByText(expected, undefined, { timeout: 30_000 }))[0]).toBeVisible()
    if (text) await expect(await canvas.findByText(new RegExp(text))).toBeVisible()
  }
export const Works: Story = { play: loaded('ready') }
export const Missing: Story = { name: '404', args: { what: 'missing' }, play: loaded('error', 'sdk-load-failed') }
export const Slow: Story = { args: { what: 'slow' }, tags: ['!autodocs'], play: loaded('loading') }
export const Blocked: Story = { args: { what: 'blocked' }, play: loaded('error', 'ad blockers') }
export const Html: Story = { name: 'HTML in its place', args: { what: 'html' }, play: loaded('error', 'not PortOne') }
export const TwoCopies: Story = { args: { what: 'two' }, play: loaded('ready') }
export const LegacyWithoutJQuery: Story = { args: { what: 'jquery' }, play: loaded('error', 'load jQuery first') }
export const Nonce: Story = { args: { what: 'nonce' }, play: loaded('ready', 'r4nd0m') }
