import { Title } from './App.tsx'
import { useAction } from './api.ts'
import { useWords } from './words.ts'

export function SignIn({ hasEnded }: { hasEnded: boolean }) {
  const { signIn: words, failed } = useWords()
  const signIn = useAction<{ name: unknown }>(() => '/session')
  const problem = signIn.error ? (signIn.error.message === 'bad-name' ? words.badName : failed) : hasEnded && words.ended
  return (
    <>
      <Title>{words.title}</Title>
      <form className="panel" action={(form) => void (signIn.isPending || signIn.mutate({ name: form.get('name') }))}>
        <label>
          {words.name}
          <input
            name="name"
            defaultValue={words.example}
            maxLength={16}
            required
            autoComplete="name"
            aria-invalid={signIn.isError}
            aria-describedby="problem"
          />
        </label>
        <button type="submit" className="main" aria-disabled={signIn.isPending}>
          {words.start}
        </button>
        <p role="alert" id="problem">
          {problem}
        </p>
      </form>
    </>
  )
}
