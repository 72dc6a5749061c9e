/** What can happen to an attempt: one row each. */
import fc from 'fast-check'
import { browser, flush } from './fakeBrowser.ts'
import { abandonPage, isBusy, recheckLanding } from './runner.ts'
import { refusedNumber, type World } from './world.ts'

interface Happening {
  readonly weight: number
  readonly can?: (world: World) => boolean
  readonly run: (world: World, n: number) => void | Promise<void>
}

/** The nth of a list, from its end: the newest is the most likely. */
const pick = <T>(list: readonly T[], n: number): T => list[list.length - 1 - (n % list.length)] as T
const mounted = (world: World) => world.hooks.filter((one) => one.mounted)
const called = (world: World) => world.orders.filter((one) => one.callback !== null)
const onScreen = (world: World) => called(world).filter((one) => one.onScreen)
const has = {
  hook: (world: World) => mounted(world).length > 0,
  window: (world: World) => called(world).length > 0,
  screen: (world: World) => onScreen(world).length > 0,
  ask: (world: World) => world.asks.length > 0,
  earlier: (world: World) => world.orders.some(({ earlier }) => earlier.length > 0),
  request: (world: World) => world.requests.length > 0,
  order: (world: World) => world.orders.length > 0,
  script: () => browser.scripts.length > 0,
}

const answer = (kind: Parameters<World['answer']>[1], weight: number): Happening => ({
  weight,
  can: has.ask,
  run: (world, n) => world.answer(pick(world.asks, n), kind),
})

function callBack(kind: 'success' | 'declined' | 'cancel' | 'nothing' | 'both'): (world: World, n: number) => void {
  return (world, n) => {
    const order = n % 4 === 0 ? pick(called(world), n >> 2) : pick(called(world), 0)
    const merchant_uid = order.uid
    if (kind === 'success' || kind === 'both') {
      world.pay(order)
      if (order.paidAt === null) return
      order.success = true
      const paid = { imp_uid: `imp_${order.uid}`, merchant_uid, card_number: '4111222233334444', buyer_name: '홍길동' }
      world.ends(order)
      order.callback?.(kind === 'both' ? { success: true, error_code: 'E1', error_msg: '실패', ...paid } : { success: true, ...paid })
    } else if (kind === 'nothing') {
      world.ends(order)
      order.callback?.(null)
    } else if (order.paidAt === null) {
      Object.assign(order, { dead: true, refused: true })
      world.ends(order)
      order.callback?.({
        success: false,
        merchant_uid,
        error_code: 'E',
        error_msg: kind === 'cancel' ? '사용자가 결제를 취소하셨습니다' : '한도 초과',
      })
    }
    for (const other of onScreen(world)) world.ends(other)
    browser.hideOverlay()
  }
}

/** What names the payment that a paid order's next window refuses: sometimes it has a number of its own. */
const refused = (world: World, order: World['orders'][number], n: number) => ({
  merchant_uid: order.uid,
  ...(n % 2 === 1 && world.hasHeardOf(order) ? { imp_uid: refusedNumber(order.uid) } : {}),
})

function leaveAndLand(consumers: number): Happening['run'] {
  return async (world, n) => {
    const order = pick(world.orders, n >> 2)
    if (order.member !== world.owner) return
    const keys = [`imp_uid=imp_${order.uid}`, `merchant_uid=${order.uid}`]
    const kind = n % 4
    if (kind === 3 && order.paidAt === null) {
      Object.assign(order, { dead: true, refused: true })
      keys.push('imp_success=false', 'error_msg=%ED%95%9C%EB%8F%84%20%EC%B4%88%EA%B3%BC')
      keys.shift()
    } else {
      world.pay(order)
      if (order.paidAt === null) return
      order.success = true
      keys.push('imp_success=true')
    }
    world.landsKnown = world.keeps(order)
    // of one that this tab has forgotten only its landing's address speaks
    if (!world.landsKnown) order.lost = true
    world.load(`/done?plan=a&${keys.join('&')}`, 'navigate')
    world.installSdk()
    world.land(consumers)
    if (kind === 2) world.mountHook()
    await world.pass(1)
    world.checkLanding()
  }
}

const happenings = {
  click: { weight: 14, can: has.hook, run: (world, n) => click(world, n, 1) },
  'click twice': { weight: 2, can: has.hook, run: (world, n) => click(world, n, 2) },
  prepare: { weight: 2, can: has.hook, run: (world, n) => pick(mounted(world), n >> 2).hook.prepare(world.source(n)) },
  'request comes': { weight: 6, can: has.request, run: requestComes },
  'request fails': { weight: 1, can: has.request, run: (world) => world.requests.shift()?.reject(new Error('offline')) },
  'request is nothing': { weight: 1, can: has.request, run: (world) => world.requests.shift()?.resolve(undefined) },
  'request refused': {
    weight: 1,
    can: has.request,
    run: (world) => world.requests.shift()?.reject(Object.assign(new Error('no'), { status: 403, code: 'no' })),
  },
  pays: { weight: 6, can: has.order, run: (world, n) => world.pay(pick(world.orders, n % 4 === 0 ? n >> 2 : 0)) },
  success: { weight: 5, can: has.window, run: callBack('success') },
  declined: { weight: 1, can: has.window, run: callBack('declined') },
  cancel: { weight: 1, can: has.window, run: callBack('cancel') },
  'an earlier window’s success': {
    weight: 2,
    can: has.earlier,
    run: (world, n) => {
      const order = world.orders.filter(({ earlier }) => earlier.length > 0).at(-1)
      if (!order) return
      order.paidAt ??= browser.now()
      Object.assign(order, { success: true, isPaidEarlier: true })
      pick(order.earlier, n)({ success: true, imp_uid: `imp_${order.uid}`, merchant_uid: order.uid })
    },
  },
  'paid already': {
    weight: 1,
    can: has.earlier,
    run: (world, n) => {
      const order = world.orders.filter(({ earlier }) => earlier.length > 0).at(-1)
      if (!order || order.paidAt === null) return
      order.dead = true
      // of an order that this tab has forgotten it is a first window's word
      if (!world.hasHeardOf(order)) order.refused = true
      world.ends(order)
      order.callback?.({ success: false, ...refused(world, order, n), error_code: 'E', error_msg: '이미 결제된 주문번호입니다' })
      browser.hideOverlay()
    },
  },
  'answer of nothing': { weight: 1, can: has.window, run: callBack('nothing') },
  'success and error': { weight: 2, can: has.window, run: callBack('both') },
  'window closes': {
    weight: 5,
    can: has.screen,
    run: async (world) => {
      for (const order of onScreen(world)) world.ends(order)
      browser.hideOverlay()
      await world.pass(400)
    },
  },
  'X is pressed': {
    weight: 2,
    can: has.screen,
    run: async (world) => {
      for (const order of onScreen(world)) world.ends(order)
      browser.pressX()
      await world.pass(400)
    },
  },
  'server says the truth': answer('truth', 8),
  'server knows nothing': answer('none', 6),
  'server says pending': answer('pending', 2),
  'server refuses': answer('failed', 1),
  'server says 401': answer('401', 2),
  'server is down': answer('5xx', 3),
  'server says nonsense': answer('garbage', 1),
  recheck: {
    weight: 5,
    can: has.hook,
    run: (world, n) => {
      const { hook } = pick(mounted(world), n)
      const isOpen = hook.snapshot().outcome?.status === 'unconfirmed'
      hook.recheck()
      if (isOpen && hook.snapshot().phase !== 'confirming') world.fail('rule 4: what nobody could say is not asked again')
    },
  },
  'recheck on the landing': { weight: 3, can: (world) => world.landed !== null, run: () => recheckLanding() },
  abandon: { weight: 5, run: (world) => abandon(world) },
  reset: {
    weight: 2,
    can: has.hook,
    run: (world, n) => {
      const { hook } = pick(mounted(world), n)
      hook.reset()
      if (hook.snapshot().phase === 'settled') world.fail('it is settled, and reset does nothing')
    },
  },
  mount: { weight: 4, can: (world) => mounted(world).length < 2, run: (world) => world.mountHook() },
  unmount: {
    weight: 3,
    can: has.hook,
    run: (world, n) => {
      const one = pick(mounted(world), n)
      one.mounted = false
      one.hook.unmount()
    },
  },
  remount: {
    weight: 1,
    can: has.hook,
    run: (world, n) => {
      const { hook } = pick(mounted(world), n)
      hook.unmount()
      hook.mount()
    },
  },
  reload: {
    weight: 3,
    run: (world, n) => {
      const keys = world.landed
      world.load(browser.address, 'reload')
      if (n % 3 > 0) world.installSdk()
      if (keys || n % 4 === 0) world.land(1)
      world.mountHook()
      return world.pass(1)
    },
  },
  'goes elsewhere': {
    weight: 2,
    run: (world, n) => {
      world.load('/cards', 'navigate')
      if (n % 3 > 0) world.installSdk()
      world.mountHook()
    },
  },
  'comes back by redirect': { weight: 4, can: has.order, run: leaveAndLand(1) },
  'comes back to two consumers': { weight: 2, can: has.order, run: leaveAndLand(2) },
  'Back to the PG, which refuses': {
    weight: 2,
    can: has.order,
    run: async (world, n) => {
      const order = pick(world.orders, n >> 2)
      if (order.paidAt === null || !world.hasHeardOf(order)) return
      world.landsKnown = world.keeps(order)
      const said = new URLSearchParams({ imp_success: 'false', ...refused(world, order, n), error_msg: '이미 결제된 주문번호입니다' })
      world.load(`/done?plan=a&${said}`, 'navigate')
      world.installSdk()
      world.land(1)
      await world.pass(1)
      world.checkLanding()
    },
  },
  'page restored': {
    weight: 1,
    run: (world) => {
      for (const order of onScreen(world)) world.ends(order)
      browser.firePage('pageshow', { persisted: true })
    },
  },
  'a moment': { weight: 5, run: (world, n) => world.pass(100 + (n % 40) * 100) },
  'a quarter of a minute': { weight: 4, run: (world) => world.pass(15_000) },
  'half a minute': { weight: 2, run: (world) => world.pass(31_000) },
  'an hour': { weight: 1, run: (world) => world.pass(3_601_000) },
  'hides and shows': {
    weight: 2,
    run: async (world, n) => {
      browser.setVisible(false)
      await world.pass((n % 30) * 1_000)
      browser.setVisible(true)
    },
  },
  'storage breaks or heals': {
    weight: 1,
    run: (world) => {
      world.loseAll()
      browser.clearStorage()
      browser.storageThrows = !browser.storageThrows
    },
  },
  'storage is cleared': {
    weight: 1,
    run: (world) => {
      world.loseAll()
      browser.clearStorage()
    },
  },
  'signs in': { weight: 1, run: (world, n) => world.signIn(`member-${n % 3}`) },
  'signs out': { weight: 1, run: (world) => world.signIn(undefined) },
  'another script’s init': {
    weight: 1,
    run: () => (Reflect.get(window, 'IMP') as { init?: (code: string) => void } | undefined)?.init?.('impOTHER'),
  },
  'SDK gone': { weight: 1, run: () => void Reflect.deleteProperty(window, 'IMP') },
  'script loads': {
    weight: 3,
    can: has.script,
    run: (world) => {
      world.installSdk()
      browser.scripts[0]?.fire('load')
    },
  },
  'script fails': { weight: 1, can: has.script, run: () => browser.scripts[0]?.fire('error') },
  'SDK behaves otherwise': {
    weight: 1,
    run: (world, n) => void Object.assign(world, { sdk: (['overlay', 'popup', 'alert', 'throws', 'overlay'] as const)[n % 5] }),
  },
  'callbacks throw, or no longer': { weight: 1, run: (world) => void Object.assign(world, { callbacksThrow: !world.callbacksThrow }) },
} satisfies Record<string, Happening>

function requestComes(world: World, n: number): void {
  const one = pick(world.requests, n)
  world.requests = world.requests.filter((other) => other !== one)
  one.resolve(world.newRequest(one.member))
}

function click(world: World, n: number, times: number): void {
  const { hook } = pick(mounted(world), n >> 2)
  for (let time = 0; time < times; time += 1) {
    world.clicks += 1
    if (hook.snapshot().phase === 'ready' || !isBusy()) world.keysAtClick = world.keys
    hook.issue(world.source(n))
  }
}

function abandon(world: World): void {
  for (const order of onScreen(world)) world.ends(order)
  abandonPage()
}

export class Command implements fc.AsyncCommand<World, World> {
  readonly name: keyof typeof happenings
  readonly n: number
  constructor(name: keyof typeof happenings, n: number) {
    this.name = name
    this.n = n
  }
  check = (world: World) => (happenings[this.name] as Happening).can?.(world) ?? true
  async run(world: World): Promise<void> {
    world.steps += 1
    await (happenings[this.name] as Happening).run(world, this.n)
    await flush()
    world.note()
    world.check()
  }
  toString = () => `${this.name} ${this.n}`
}

export const anyCommand = fc.oneof(
  ...Object.entries(happenings).map(([name, { weight }]) => ({
    weight,
    arbitrary: fc.nat({ max: 119 }).map((n) => new Command(name as keyof typeof happenings, n)),
  })),
)
