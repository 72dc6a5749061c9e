import { afterEach, describe, expect, it, vi } from 'vitest'
import { inTurn, pause } from '../../src/server/turns.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** A run that ends when it is told to. */
function held(name: string, log: string[]) {
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const run = async () => {
    log.push(name)
    await ended
    return name
  }
  return { run, end }
}

describe('inTurn', () => {
  const gaveUp = () => 'gave up'
  const turn = { inFlightMs: 300_000 }

  it('runs the third after the second, also when the first has ended meanwhile', async () => {
    const client = {}
    const log: string[] = []
    const [first, second, third] = [held('first', log), held('second', log), held('third', log)]
    const one = inTurn(client, 'order', turn, first.run, gaveUp)
    const two = inTurn(client, 'order', turn, second.run, gaveUp)
    first.end()
    await one
    await vi.waitFor(() => expect(log).toEqual(['first', 'second']))
    const three = inTurn(client, 'order', turn, third.run, gaveUp)
    expect(log).toEqual(['first', 'second'])
    second.end()
    third.end()
    expect([await two, await three]).toEqual(['second', 'third'])
  })

  it('waits no longer than a claim can be under way: on workerd nothing of a request goes on once it has gone', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const client = {}
    const log: string[] = []
    const [gone, next] = [held('gone', log), held('next', log)]
    await vi.advanceTimersByTimeAsync(60_000)
    inTurn(client, 'order', turn, gone.run, gaveUp)
    const waiting = inTurn(client, 'order', turn, next.run, gaveUp)
    await vi.advanceTimersByTimeAsync(299_999)
    expect(log).toEqual(['gone'])
    await vi.advanceTimersByTimeAsync(1)
    expect(log).toEqual(['gone', 'next'])
    next.end()
    expect(await waiting).toBe('next')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('waits no longer for many that have gone while they waited', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const client = {}
    const log: string[] = []
    const gone = held('gone', log)
    for (let at = 0; at < 5; at += 1) inTurn(client, 'order', turn, gone.run, gaveUp)
    const { run, end } = held('next', log)
    const waiting = inTurn(client, 'order', turn, run, gaveUp)
    await vi.advanceTimersByTimeAsync(300_000)
    expect(log.at(-1)).toBe('next')
    end()
    expect(await waiting).toBe('next')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('keeps nothing of an order that has ended, well or not: the next begins at once', async () => {
    const client = {}
    const log: string[] = []
    await inTurn(client, 'order', turn, async () => 'well', gaveUp)
    inTurn(client, 'order', turn, () => Promise.reject(new Error('not well')), gaveUp).catch(() => log.push('failed'))
    await vi.waitFor(() => expect(log).toEqual(['failed']))
    const { run, end } = held('next', log)
    const next = inTurn(client, 'order', turn, run, gaveUp)
    expect(log).toEqual(['failed', 'next'])
    end()
    await next
  })

  it('gives up at once when the signal has ended already, and goes on after one that failed', async () => {
    const client = {}
    const log: string[] = []
    const { run, end } = held('running', log)
    const running = inTurn(client, 'order', turn, run, gaveUp)
    expect(await inTurn(client, 'order', { ...turn, signal: AbortSignal.abort() }, run, gaveUp)).toBe('gave up')
    end()
    await running
    expect(log).toEqual(['running'])
  })

  it('listens to a signal only while it waits', async () => {
    const client = {}
    const log: string[] = []
    const [first, second] = [held('first', log), held('second', log)]
    const { signal } = new AbortController()
    const forget = vi.spyOn(signal, 'removeEventListener')
    const running = inTurn(client, 'order', turn, first.run, gaveUp)
    const waiting = inTurn(client, 'order', { ...turn, signal }, second.run, gaveUp)
    expect(forget).not.toHaveBeenCalled()
    first.end()
    await running
    await vi.waitFor(() => expect(log).toEqual(['first', 'second']))
    // what it runs listens for itself, and must be heard out
    expect(forget).toHaveBeenCalledTimes(1)
    second.end()
    expect(await waiting).toBe('second')
  })
})

describe('pause', () => {
  it('does not begin when the signal has ended, and leaves neither a timer nor a listener behind', async () => {
    vi.useFakeTimers()
    await pause(60_000, AbortSignal.abort())
    expect(vi.getTimerCount()).toBe(0)
    const controller = new AbortController()
    const forget = vi.spyOn(controller.signal, 'removeEventListener')
    const waiting = pause(60_000, controller.signal)
    controller.abort()
    await waiting
    expect(vi.getTimerCount()).toBe(0)
    expect(forget).toHaveBeenCalledTimes(1)
  })

  it('waits as long as a timer can when it is asked to wait longer', async () => {
    vi.useFakeTimers()
    const setTimer = vi.spyOn(globalThis, 'setTimeout')
    const controller = new AbortController()
    const waiting = pause(2 ** 40, controller.signal)
    expect(setTimer.mock.lastCall?.[1]).toBe(2 ** 31 - 1)
    controller.abort()
    await waiting
  })
})
