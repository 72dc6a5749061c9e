import { noLonger } from './deadline.ts'

/** How long `onError` is waited for, in ms: some runtimes end what still runs once the answer is there. */
const patienceMs = 5_000

/** Tells the operator of what went wrong, by `console.error` unless the shop has its own way. Never rejects, never hangs. */
export async function reportTo(onError: ((error: unknown) => unknown) | undefined, where: string, error: unknown): Promise<void> {
  try {
    if (onError) await noLonger(onError(error), patienceMs)
    else console.error(`react-billing-key ${where}:`, error)
  } catch (failure) {
    console.error(`react-billing-key ${where}: onError failed`, failure, 'over', error)
  }
}
