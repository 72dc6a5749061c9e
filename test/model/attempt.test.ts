import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { anyCommand } from './commands.ts'
import { installBrowser } from './fakeBrowser.ts'
import { printPairs, type Transition, unreachedPairs } from './pairs.ts'
import { World } from './world.ts'

vi.mock('../../src/attempt/machine.ts', async (importOriginal) => {
  const machine = await importOriginal<{ transition: Transition }>()
  const { seenPairs } = await import('./pairs.ts')
  return { ...machine, transition: seenPairs(machine.transition) }
})

const histories = Number(process.env.MODEL_RUNS ?? 5_000)
const seed = Number(process.env.MODEL_SEED ?? 20_261_124)
const config = fc.record({
  amount: fc.constantFrom(0, 9_900),
  canAsk: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  numbersAgain: fc.oneof({ weight: 2, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  popup: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
})

it(
  'keeps every rule after every step of every history',
  async () => {
    installBrowser()
    vi.spyOn(console, 'error').mockImplementation(() => {}) // what the scripted server threw
    let steps = 0
    let ran = 0
    const property = fc.asyncProperty(config, fc.commands([anyCommand], { size: 'max', maxCommands: 110 }), async (of, commands) => {
      const world = new World(of)
      try {
        await fc.asyncModelRun(() => ({ model: world, real: world }), commands)
        await world.end()
      } finally {
        steps += world.steps
        ran += 1
      }
    })
    await fc.assert(property, {
      numRuns: histories,
      seed,
      verbose: process.env.MODEL_VERBOSE ? 1 : 0,
      endOnFailure: process.env.MUTATE !== undefined, // a mutant needs no smallest history
    })
    const mean = steps / ran
    console.log(`${ran} histories from seed ${seed}, ${mean.toFixed(1)} steps on the average`)
    expect(mean).toBeGreaterThanOrEqual(25)
    if (histories >= 100_000) {
      printPairs()
      expect(unreachedPairs()).toEqual([])
    }
  },
  Number.POSITIVE_INFINITY,
)
