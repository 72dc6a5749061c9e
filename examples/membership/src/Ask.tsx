import { useRef } from 'react'
import { useWords } from './words.ts'

interface AskProps {
  readonly label: string
  readonly question: string
  readonly yes: () => void
  readonly isBusy?: boolean
}

/** A button that asks before it acts. The browser keeps the focus in the question, and gives it back. */
export function Ask({ label, question, yes, isBusy = false }: AskProps) {
  const { keep } = useWords()
  const dialog = useRef<HTMLDialogElement>(null)
  return (
    <>
      <button type="button" aria-disabled={isBusy} onClick={() => !isBusy && dialog.current?.showModal()}>
        {label}
      </button>
      <dialog ref={dialog} aria-label={question}>
        <p>{question}</p>
        <form method="dialog" className="actions">
          <button type="submit">{keep}</button>
          <button type="submit" className="main" onClick={yes}>
            {label}
          </button>
        </form>
      </dialog>
    </>
  )
}
