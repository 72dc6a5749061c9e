import { at, draw, makeTabs, say } from './board.js'
import { moment, switchLanguage, words } from './words.js'

const kept = 500
const board = { state: null, events: [], isConnected: false }
const redraw = () => draw(board, setFault)

async function ask(path, body) {
  const init = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const answer = await fetch(`sandbox/${path}?last=100`, init)
  if (!answer.ok) throw new Error(String(answer.status))
  return answer.json()
}

let lastAct = Promise.resolve()
/** Does something to the sandbox after what was pressed before, on which `body` may depend, and says how it went. */
function act(path, body, said) {
  lastAct = lastAct.then(() => carryOut(path, body, said))
  return lastAct
}
async function carryOut(path, body, said) {
  try {
    board.state = await ask(path, body())
    redraw()
    say(said(board.state))
  } catch {
    redraw()
    say(words().failed)
  }
}
function setFault(name, on, text) {
  const said = { true: words().isOn, false: words().isOff, 1: words().isOnce }[on]
  return act(
    'faults',
    () => ({ name, on }),
    () => said(text),
  )
}
const moveBy = (seconds) =>
  act(
    'clock',
    () => ({ seconds: seconds() }),
    ({ now }) => words().moved(moment(now)),
  )

/** Seconds to the same day of next month in Korea, or to its last. */
function toNextMonth(now) {
  const korea = 9 * 3600
  const here = new Date((now + korea) * 1000)
  const [year, month] = [here.getUTCFullYear(), here.getUTCMonth()]
  const last = new Date(Date.UTC(year, month + 2, 0)).getUTCDate()
  return Date.UTC(year, month + 1, Math.min(here.getUTCDate(), last)) / 1000 - Date.UTC(year, month, here.getUTCDate()) / 1000
}

const reading = { isStale: false, isUnderWay: false }
/** Reads the state soon, once for many events, and again for one that came meanwhile. */
async function readSoon() {
  reading.isStale = true
  if (reading.isUnderWay) return
  reading.isUnderWay = true
  while (reading.isStale) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    reading.isStale = false
    board.state = await ask('state').catch(() => board.state)
    redraw()
  }
  reading.isUnderWay = false
}

function happened(event) {
  const last = board.events.at(-1)
  // numbers that begin again are a sandbox that was started again
  if (event.kind === 'reset' || (last && event.id <= last.id)) board.events = []
  board.events = [...board.events, event].slice(-kept)
  readSoon()
}

function listen() {
  const source = new EventSource('sandbox/events')
  source.onopen = () => {
    board.isConnected = true
    readSoon()
  }
  source.onmessage = ({ data }) => happened(JSON.parse(data))
  source.onerror = () => {
    board.isConnected = false
    redraw()
    // a browser gives up after an answer that is no stream, a gateway's say
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3_000)
  }
}

at('language').addEventListener('click', () => {
  switchLanguage()
  say('')
  redraw()
})
at('day').addEventListener('click', () => moveBy(() => 86_400))
at('month').addEventListener('click', () => moveBy(() => toNextMonth(board.state.now)))
at('move').addEventListener('submit', (event) => {
  event.preventDefault()
  const seconds = Number(at('seconds').value)
  moveBy(() => seconds)
})
at('reset').addEventListener('click', () => at('sure').showModal())
at('keep').addEventListener('click', () => at('sure').close())
at('forget').addEventListener('click', () => {
  at('sure').close()
  act(
    'reset',
    () => ({}),
    () => words().forgotten,
  )
})
makeTabs(redraw)
redraw()
listen()
// the clock runs on while nothing happens
setInterval(readSoon, 10_000)
