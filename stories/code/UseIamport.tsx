import { useIamport } from 'react-billing-key'

export function SdkState() {
  const { status, error, load } = useIamport()
  return (
    <>
      <p>{status}</p>
      {error && (
        <button type="button" onClick={load}>
          다시 시도
        </button>
      )}
    </>
  )
}
