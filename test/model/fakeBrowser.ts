/** As much of a browser as the attempt touches, by hand: its clock, storage, scripts and overlays move when told to. */
type Listener = (event: never) => void

class Target {
  readonly #listeners = new Map<string, Set<Listener>>()
  addEventListener = (type: string, listener: Listener) => {
    const of = this.#listeners.get(type) ?? new Set()
    this.#listeners.set(type, of.add(listener))
  }
  removeEventListener = (type: string, listener: Listener) => {
    this.#listeners.get(type)?.delete(listener)
  }
  fire = (type: string, event: object = {}) => {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) listener(event as never)
  }
}

class FakeElement extends Target {
  readonly style = { display: 'block' }
  readonly dataset = {}
  src = ''
  closest = () => this
  remove = () => {
    const at = scripts.indexOf(this)
    if (at >= 0) scripts.splice(at, 1)
  }
}

interface Timer {
  readonly at: number
  readonly id: number
  readonly run: () => void
}

const scripts: FakeElement[] = []
let overlays: FakeElement[] = []
const observers = new Set<() => void>()
let timers: Timer[] = []
let nextTimer = 1
let now = 0
let epoch = 0
let tabStorage = new Map<string, string>()
let onWrite: (text: string) => void = () => {}
let navigation: 'navigate' | 'reload' = 'navigate'
let address = ''
const realImmediate = setImmediate

/** Everything that can go on without time passing. */
export const flush = () => new Promise<void>((resolve) => realImmediate(resolve))

const documentNow = Object.assign(new Target(), {
  visibilityState: 'visible' as 'visible' | 'hidden',
  baseURI: 'https://shop.example/',
  scripts,
  createElement: () => new FakeElement(),
  head: { append: (script: FakeElement) => scripts.push(script) },
  body: { classList: { remove() {} } },
  querySelectorAll: () => overlays,
})

export const browser = {
  storageThrows: false,
  reported: 0,
  now: () => now,
  document: documentNow,
  get address() {
    return address
  },
  get scripts(): readonly FakeElement[] {
    return scripts
  },
  storage: () => [...tabStorage.values()].join('\n'),
  whenWritten(callback: (text: string) => void) {
    onWrite = callback
  },
  clearStorage: () => tabStorage.clear(),
  showOverlay() {
    overlays.push(new FakeElement())
    mutate()
  },
  hideOverlay() {
    for (const overlay of overlays) overlay.style.display = 'none'
    mutate()
  },
  pressX: () => documentNow.fire('click', { target: new FakeElement() }),
  firePage: (type: string, event: object = {}) => (globalThis.window as unknown as Target).fire(type, event),
  setVisible(visible: boolean) {
    documentNow.visibilityState = visible ? 'visible' : 'hidden'
    documentNow.fire('visibilitychange')
  },
  /** Lets time pass, one timer after the other. */
  async advance(ms: number) {
    const until = now + ms
    await flush()
    for (;;) {
      const next = timers.reduce<Timer | null>((first, one) => (one.at <= until && (!first || one.at < first.at) ? one : first), null)
      if (!next) break
      timers = timers.filter((one) => one !== next)
      now = Math.max(now, next.at)
      next.run()
      await flush()
    }
    now = until
  },
  /** Leaves the page, and shows another one in the same tab. */
  load(url: string, how: 'navigate' | 'reload') {
    address = new URL(url, 'https://shop.example/').href
    navigation = how
    timers = []
    scripts.length = 0
    overlays = []
    observers.clear()
    documentNow.visibilityState = 'visible'
    const fresh = Object.assign(new Target(), { alert() {} })
    define('window', fresh)
    define('document', Object.assign(documentNow, new Target()))
  },
  /** A new tab of the browser, with nothing kept. */
  start() {
    tabStorage = new Map()
    browser.storageThrows = false
    browser.reported = 0
    epoch += 10_000_000
    now = epoch
    browser.load('/', 'navigate')
  },
}

function mutate(): void {
  for (const callback of [...observers]) queueMicrotask(() => observers.has(callback) && callback())
}

class FakeObserver {
  readonly #callback: () => void
  constructor(callback: () => void) {
    this.#callback = callback
  }
  observe = () => observers.add(this.#callback)
  disconnect = () => observers.delete(this.#callback)
}

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
}

/** Puts it in the place of Node's globals. One test file is one process, so that nothing is put back. */
export function installBrowser(): void {
  define('Element', FakeElement)
  define('MutationObserver', FakeObserver)
  define('getComputedStyle', (element: FakeElement) => element.style)
  define('navigator', {})
  define('reportError', () => {
    browser.reported += 1
  })
  define('performance', { now: () => now, getEntriesByType: () => [{ type: navigation }] })
  Date.now = () => now
  define('setTimeout', (callback: (value: unknown) => void, ms = 0, value?: unknown) => {
    const id = nextTimer++
    timers.push({ id, at: now + ms, run: () => callback(value) })
    return id
  })
  define('clearTimeout', (id: number) => {
    if (timers.some((one) => one.id === id)) timers = timers.filter((one) => one.id !== id)
  })
  Object.defineProperty(globalThis, 'location', {
    configurable: true,
    get: () => new URL(address),
  })
  define('history', {
    state: null,
    replaceState(_state: unknown, _title: string, url: string) {
      address = new URL(url, address).href
    },
  })
  Object.defineProperty(globalThis, 'sessionStorage', {
    configurable: true,
    get() {
      if (browser.storageThrows) throw new Error('SecurityError')
      return {
        getItem: (key: string) => tabStorage.get(key) ?? null,
        setItem: (key: string, text: string) => {
          onWrite(text)
          tabStorage.set(key, text)
        },
      }
    },
  })
}
