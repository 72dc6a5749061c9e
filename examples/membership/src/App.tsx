import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { BillingKeyProvider, BillingKeyRedirect, en, ko } from 'react-billing-key'
import { Link, Route, Routes, useNavigate } from 'react-router'
import { type ShopView, useAction, useShop } from './api.ts'
import { Clock } from './Clock.tsx'
import { Member } from './Member.tsx'
import { SignIn } from './SignIn.tsx'
import { type Lang, useWords, WordsContext, words } from './words.ts'

const locales = { ko, en }
const firstLang = (): Lang => ((localStorage.getItem('lang') ?? navigator.language).startsWith('ko') ? 'ko' : 'en')

export function App() {
  const [lang, setLang] = useState(firstLang)
  const shop = useShop()
  useEffect(() => {
    document.documentElement.lang = lang
    localStorage.setItem('lang', lang)
  }, [lang])
  return (
    <WordsContext value={words[lang]}>
      {shop.data ? (
        <Shop shop={shop.data} lang={lang} setLang={setLang} />
      ) : (
        <Unreachable isPending={shop.isPending || shop.isFetching} retry={shop.refetch} />
      )}
    </WordsContext>
  )
}

function Unreachable({ isPending, retry }: { isPending: boolean; retry: () => void }) {
  const words = useWords()
  return (
    <main className="page">
      <h1>{words.shop}</h1>
      <p role={isPending ? 'status' : 'alert'}>{isPending ? words.loading : words.unreachable}</p>
      {!isPending && (
        <button type="button" onClick={() => retry()}>
          {words.retry}
        </button>
      )}
    </main>
  )
}

function Shop({ shop, lang, setLang }: { shop: ShopView; lang: Lang; setLang: (lang: Lang) => void }) {
  const { sandbox, ...portone } = shop.config
  const words = useWords()
  return (
    <BillingKeyProvider {...portone} api="/api/billing" customerKey={shop.member?.id} locale={locales[lang]}>
      <header className="top">
        <Link to="/">{words.shop}</Link>
        <span>
          <button type="button" className="plain" lang={lang === 'ko' ? 'en' : 'ko'} onClick={() => setLang(lang === 'ko' ? 'en' : 'ko')}>
            {words.other}
          </button>
          {shop.member && <SignOut name={shop.member.name} />}
        </span>
      </header>
      {sandbox && <Clock shop={shop} />}
      <main className="page">
        <Routes>
          <Route path="/billing/complete" element={<Complete />} />
          <Route path="*" element={shop.member ? <Member shop={shop} /> : <SignIn />} />
        </Routes>
      </main>
      <footer>
        {words.footer.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </footer>
    </BillingKeyProvider>
  )
}

/** A screen's heading, which is the page's title too. */
export function Title({ children }: { children: string }): ReactNode {
  const { shop } = useWords()
  return (
    <>
      <title>{`${children} · ${shop}`}</title>
      <h1>{children}</h1>
    </>
  )
}

function SignOut({ name }: { name: string }) {
  const { signIn, greeting } = useWords()
  const client = useQueryClient()
  const signOut = useAction(() => '/session', 'DELETE')
  return (
    <>
      {greeting(name)}
      <button type="button" className="plain" onClick={() => signOut.mutate(undefined, { onSuccess: () => void client.resetQueries() })}>
        {signIn.out}
      </button>
    </>
  )
}

function Complete() {
  const navigate = useNavigate()
  const client = useQueryClient()
  const { result, noResult, back } = useWords()
  return (
    <>
      <Title>{result}</Title>
      <BillingKeyRedirect onRetry={() => navigate('/')} onOutcome={() => void client.invalidateQueries({ queryKey: ['shop'] })}>
        {(outcome) => (
          <>
            {!outcome && <p>{noResult}</p>}
            <Link to="/">{back}</Link>
          </>
        )}
      </BillingKeyRedirect>
    </>
  )
}
