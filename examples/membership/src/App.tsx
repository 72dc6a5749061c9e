import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { BillingKeyProvider, BillingKeyRedirect, en, ko } from 'react-billing-key'
import { type ShopView, useAction, useRefresh, useShop } from './api.ts'
import { Clock } from './Clock.tsx'
import { Member } from './Member.tsx'
import { SignIn } from './SignIn.tsx'
import { type Lang, useWords, WordsContext, words } from './words.ts'

const locales = { ko, en }
const firstLang = (): Lang => ((localStorage.getItem('lang') ?? navigator.language).startsWith('ko') ? 'ko' : 'en')

export function App() {
  const [lang, setLang] = useState(firstLang)
  const { data, isFetching, errorUpdateCount, refetch } = useShop()
  const { shop, loading, unreachable, retry } = words[lang]
  useEffect(() => {
    document.documentElement.lang = lang
    localStorage.setItem('lang', lang)
  }, [lang])
  if (data)
    return (
      <WordsContext value={words[lang]}>
        <Shop shop={data} lang={lang} setLang={setLang} />
      </WordsContext>
    )
  return (
    <main className="page">
      <h1>{shop}</h1>
      <p role={isFetching ? 'status' : 'alert'}>{isFetching ? loading : unreachable}</p>
      {errorUpdateCount > 0 && (
        <button type="button" aria-disabled={isFetching} onClick={() => refetch()}>
          {retry}
        </button>
      )}
    </main>
  )
}

function Shop({ shop, lang, setLang }: { shop: ShopView; lang: Lang; setLang: (lang: Lang) => void }) {
  const { config, member } = shop
  const { sandbox, ...portone } = config
  const { shop: name, footer, other, greeting, signIn, notFound, back, failed } = useWords()
  const client = useQueryClient()
  const signOut = useAction(() => '/session', 'DELETE')
  // of a session that ended by itself the page tells; who signs out begins anew
  const [wasIn, setWasIn] = useState(false)
  if (member && !wasIn) setWasIn(true)
  // a button that did something can be gone with it: the heading takes the focus, and keys go on from there
  const focused = document.activeElement
  useEffect(() => {
    if (focused !== document.body && document.activeElement === document.body) document.querySelector('h1')?.focus()
  })
  const otherLang = lang === 'ko' ? 'en' : 'ko'
  return (
    <BillingKeyProvider {...portone} api="/api/billing" customerKey={member?.id} language={lang} locale={locales[lang]}>
      <header className="top">
        <a href="/">{name}</a>
        <span>
          <button type="button" className="plain" lang={otherLang} onClick={() => setLang(otherLang)}>
            {other}
          </button>
          {signOut.isError ? <span role="alert">{failed}</span> : member && greeting(member.name)}
          {member && (
            <button type="button" className="plain" onClick={() => signOut.mutate(undefined, { onSuccess: () => client.resetQueries() })}>
              {signIn.out}
            </button>
          )}
        </span>
      </header>
      {sandbox && <Clock shop={shop} />}
      <main className="page">
        {location.pathname === config.redirectUrl ? (
          <Complete />
        ) : location.pathname !== '/' ? (
          <>
            <Title>{notFound}</Title>
            <a href="/">{back}</a>
          </>
        ) : member ? (
          <Member key={member.id} shop={shop} member={member.id} />
        ) : (
          <SignIn hasEnded={wasIn && signOut.isIdle} />
        )}
      </main>
      <footer>
        {footer.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </footer>
    </BillingKeyProvider>
  )
}

/** A screen's heading, which is the page's title too. */
export function Title({ children }: { children: string }) {
  const { shop } = useWords()
  return (
    <>
      <title>{`${children} · ${shop}`}</title>
      <h1 tabIndex={-1}>{children}</h1>
    </>
  )
}

/** Where a phone lands after the window. */
function Complete() {
  const { result, noResult, back } = useWords()
  return (
    <>
      <Title>{result}</Title>
      <BillingKeyRedirect onRetry={() => location.assign('/')} onOutcome={useRefresh()}>
        {(outcome) => !outcome && <p>{noResult}</p>}
      </BillingKeyRedirect>
      <a href="/">{back}</a>
    </>
  )
}
