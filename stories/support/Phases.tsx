import { useEffect, useState } from 'react'

/** The phases an attempt went through, as they pass. */
export function Phases({ phase }: { phase: string }) {
  const [passed, setPassed] = useState<readonly string[]>([])
  useEffect(() => setPassed((before) => (before.at(-1) === phase ? before : [...before, phase].slice(-12))), [phase])
  return (
    <ol className="phases" aria-label="phase">
      {passed.map((name, at) => (
        <li key={`${at}-${name}`} aria-current={at === passed.length - 1 ? 'step' : undefined}>
          {name}
        </li>
      ))}
    </ol>
  )
}

/** Plain data, as a developer reads it. */
export const Data = ({ of }: { of: unknown }) => <pre className="panel">{JSON.stringify(of, null, 2)}</pre>
