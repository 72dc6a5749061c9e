import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
const short = (value) => (Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : Number(value.toPrecision(3)).toString())
const names = { hand: 'the same by hand', bare: 'a bare script tag' }

/**
 * Measures ours and its peers in turns, so that a busy moment of the machine hits all of them, and answers table rows of
 * medians: the ratio, whether less or more is better, and what it was made of.
 * `figures`: `[what, unit, better, ofResult]`, where a measurement answers several.
 */
export async function compare(figures, peers, measureOne, rounds = 5) {
  const results = Object.fromEntries(['ours', ...peers].map((who) => [who, []]))
  for (let round = 0; round < rounds; round += 1) for (const who of Object.keys(results)) results[who].push(await measureOne(who))
  return figures.flatMap(([what, unit, better, ofResult = (result) => result]) => {
    const of = (who) => median(results[who].map(ofResult))
    return peers.map((peer) => {
      const ratio = of(peer) > 0 ? (of('ours') / of(peer)).toFixed(2) : '–'
      return [what, names[peer] ?? peer, ratio, better, `${short(of('ours'))} : ${short(of(peer))} ${unit}`]
    })
  })
}

export const printRows = (rows) => {
  for (const [what, peer, ratio, better, parts] of rows)
    console.log(`${ratio.padStart(6)}  ${what}, beside ${peer} (${better} is better; ${parts})`)
}
