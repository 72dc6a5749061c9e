import { describe, expect, it } from 'vitest'
import { Command } from './commands.ts'
import { installBrowser } from './fakeBrowser.ts'
import { World } from './world.ts'

type Step = readonly [name: Command['name'], n: number]

/** An order whose window said success, which nobody could confirm, is opened again. */
const openedAgain: readonly Step[] = [
  ['click', 0],
  ['success', 0],
  ['server is down', 0],
  ['recheck', 0],
  ['server is down', 0],
  ['recheck', 0],
  ['server is down', 0],
  ['click', 0],
]

/** Histories that broke a rule once, as short as they could be made. Random ones come upon them once in tens of thousands. */
const known: {
  readonly title: string
  readonly amount: number
  readonly popup: boolean
  readonly numbersAgain?: boolean
  readonly steps: readonly Step[]
}[] = [
  {
    title: 'a second hook asks without the number of a success that the first one has heard of',
    amount: 0,
    popup: false,
    steps: [
      ['click', 0],
      ['answer of nothing', 0],
      ['abandon', 0],
      ['mount', 0],
      ['server says 401', 0],
      ['recheck', 0],
      ['success', 0],
      ['server knows nothing', 33],
    ],
  },
  {
    title: 'a success comes late, for a window before the one that a click is preparing',
    amount: 0,
    popup: false,
    steps: [
      ['click', 0],
      ['mount', 0],
      ['abandon', 0],
      ['server knows nothing', 0],
      ['click twice', 50],
      ['success', 0],
      ['request comes', 0],
    ],
  },
  {
    title: 'the page is shown again right after a window was given up, and PortOne is behind',
    amount: 9_900,
    popup: true,
    steps: [
      ['click', 0],
      ['pays', 0],
      ['a moment', 0],
      ['abandon', 0],
      ['abandon', 0],
      ['hides and shows', 0],
      ['server knows nothing', 0],
    ],
  },
  {
    title: 'two questions about one order are answered differently, and their hook has gone',
    amount: 0,
    popup: true,
    steps: [
      ['click', 0],
      ['reload', 0],
      ['pays', 0],
      ['server says pending', 0],
      ['page restored', 0],
      ['recheck', 0],
      ['unmount', 0],
      ['server says the truth', 63],
      ['server knows nothing', 0],
    ],
  },
  {
    title: 'an order is opened again after its window said success and nobody could confirm it, and the SDK refuses',
    amount: 0,
    popup: false,
    numbersAgain: true,
    steps: [
      ['click', 0],
      ['answer of nothing', 0],
      ['half a minute', 0],
      ['click twice', 0],
      ['server says 401', 0],
      ['click twice', 0],
      ['SDK behaves otherwise', 97],
      ['half a minute', 0],
      ['comes back by redirect', 0],
      ['reload', 7],
      ['click', 0],
    ],
  },
  {
    title: 'an order is opened again after its window said success and nobody could confirm it, and its second window is closed',
    amount: 0,
    popup: false,
    numbersAgain: true,
    steps: [...openedAgain, ['window closes', 0], ['server knows nothing', 0]],
  },
  {
    title: 'an order is opened again after its window said success and nobody could confirm it, and the PG says that it is paid',
    amount: 9_900,
    popup: false,
    numbersAgain: true,
    steps: [...openedAgain, ['paid already', 0]],
  },
  {
    title: 'an order was paid, Back to the PG refuses it, and PortOne is behind',
    amount: 9_900,
    popup: false,
    steps: [
      ['click', 0],
      ['pays', 0],
      ['hides and shows', 31],
      ['window closes', 0],
      ['server is down', 0],
      ['Back to the PG, which refuses', 0],
      ['server knows nothing', 0],
    ],
  },
  {
    title: 'a window was closed and paid, and Back to the PG refuses it twice, before and after a server that does not answer',
    amount: 0,
    popup: true,
    steps: [
      ['click', 0],
      ['window closes', 0],
      ['server says the truth', 0],
      ['pays', 0],
      ['Back to the PG, which refuses', 0],
      ['a quarter of a minute', 0],
      ['Back to the PG, which refuses', 51],
    ],
  },
]

describe('a history that broke a rule once', () => {
  it.each(known)('$title', async ({ amount, popup, numbersAgain = false, steps }) => {
    installBrowser()
    const world = new World({ amount, popup, canAsk: true, numbersAgain })
    for (const [name, n] of steps) {
      const command = new Command(name, n)
      if (command.check(world)) await command.run(world)
    }
    await world.end()
    expect(world.orders.length).toBeGreaterThan(0)
  })
})
