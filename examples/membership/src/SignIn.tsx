import { useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { Title } from './App.tsx'
import { useAction } from './api.ts'
import { useWords } from './words.ts'

export function SignIn() {
  const { signIn: words, failed } = useWords()
  const client = useQueryClient()
  const signIn = useAction<{ name: string }>(() => '/session')
  const problem = signIn.error && (signIn.error.message === 'bad-name' ? words.badName : failed)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    signIn.mutate({ name: String(new FormData(event.currentTarget).get('name')) }, { onSuccess: () => void client.invalidateQueries() })
  }
  return (
    <>
      <Title>{words.title}</Title>
      <form className="panel" onSubmit={submit}>
        <label>
          {words.name}
          <input
            name="name"
            defaultValue={words.example}
            maxLength={16}
            required
            autoComplete="name"
            aria-invalid={problem !== null}
            aria-describedby={problem ? 'problem' : undefined}
          />
        </label>
        <button type="submit" className="main" disabled={signIn.isPending}>
          {words.start}
        </button>
        {problem && (
          <p role="alert" id="problem">
            {problem}
          </p>
        )}
      </form>
    </>
  )
}
