import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addDays,
  addMonths,
  after,
  chargeDay,
  consentDays,
  dueDay,
  dunningDays,
  koreanDay,
  lastTry,
  needsConsent,
  noticeDay,
  noticed,
  orderOf,
  outcomeOf,
  refundOf,
  type Subscription,
  stepOn,
} from '../../examples/subscriptions/rule.ts'

const made = (change: Partial<Subscription> = {}): Subscription => ({
  id: 'sub-1',
  amount: 9900,
  startedOn: '2026-01-31',
  months: 1,
  freeMonths: 0,
  consentedOn: null,
  noticedOn: null,
  cancelled: false,
  tries: 0,
  chargedOn: null,
  ended: null,
  ...change,
})
const days = fc.integer({ min: 0, max: 40_000 }).map((number) => addDays('1996-01-01', number))

describe('months', () => {
  it('end on the last day of a shorter month, and go back to their own day after it', () => {
    const due = [1, 2, 3, 13, 25].map((months) => dueDay(made({ months })))
    expect(due).toEqual(['2026-02-28', '2026-03-31', '2026-04-30', '2027-02-28', '2028-02-29'])
    expect(addMonths('2026-12-31', 2)).toBe('2027-02-28')
  })

  it('follow each other, one in each calendar month, never later in it than the first', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 600 }), (first, months) => {
        const [one, next] = [addMonths(first, months), addMonths(first, months + 1)]
        const monthOf = (day: string) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7))
        expect(monthOf(next)).toBe(monthOf(one) + 1)
        expect(one.slice(8) <= first.slice(8)).toBe(true)
        // shorter only where the month is
        if (one.slice(8) < first.slice(8)) expect(addDays(one, 1).slice(8)).toBe('01')
      }),
    )
  })

  it('are counted by the day in Korea', () => {
    expect(koreanDay(new Date('2026-11-30T14:59:59Z'))).toBe('2026-11-30')
    expect(koreanDay(new Date('2026-11-30T15:00:00Z'))).toBe('2026-12-01')
  })
})

describe('a step', () => {
  it('charges from the due day on, under one number a month', () => {
    const due = made()
    expect(stepOn(due, '2026-02-27')).toEqual({ do: 'nothing' })
    const order = { merchantUid: 'sub-1-2', name: '2월 이용권', amount: 9900 }
    expect(stepOn(due, '2026-02-28')).toEqual({ do: 'charge', order })
    expect(stepOn(due, '2026-03-05')).toEqual({ do: 'charge', order })
    expect(orderOf(after(due, 'declined', '2026-02-28')).merchantUid).toBe('sub-1-2')
    expect(orderOf(after(due, 'paid', '2026-02-28')).merchantUid).toBe('sub-1-3')
  })

  it('ends what was cancelled once what is settled is over, and charges nothing', () => {
    const cancelled = made({ cancelled: true })
    expect(stepOn(cancelled, '2026-02-27')).toEqual({ do: 'nothing' })
    expect(stepOn(cancelled, '2026-02-28')).toEqual({ do: 'end', why: 'cancelled' })
  })

  it('ends a free month nobody consented to pay after, within thirty days before', () => {
    const free = made({ startedOn: '2026-03-31', freeMonths: 1, noticedOn: '2026-04-23' })
    const due = dueDay(free)
    expect(stepOn(free, due)).toEqual({ do: 'end', why: 'no-consent' })
    expect(consentDays).toBe(30)
    const early = { ...free, consentedOn: addDays(due, -consentDays - 1) }
    expect(needsConsent(early)).toBe(true)
    expect(stepOn(early, due)).toEqual({ do: 'end', why: 'no-consent' })
    const inTime = { ...free, consentedOn: addDays(due, -consentDays) }
    expect(stepOn(inTime, due)).toMatchObject({ do: 'charge' })
    // once, not every month
    const paid = after(inTime, 'paid', due)
    expect(needsConsent(paid)).toBe(false)
    expect(noticeDay(paid)).toBeNull()
  })
})

describe('the notice of the first payment', () => {
  const free = made({ startedOn: '2026-03-31', freeMonths: 1, consentedOn: '2026-04-20' })

  it('is given seven days before, once, and not to who cancelled', () => {
    expect(noticeDay(free)).toBe('2026-04-23')
    expect(stepOn(free, '2026-04-22')).toEqual({ do: 'nothing' })
    expect(stepOn(free, '2026-04-23')).toEqual({ do: 'notice' })
    const told = { ...free, noticedOn: '2026-04-23' }
    expect(noticeDay(told)).toBeNull()
    expect(chargeDay(told)).toBe('2026-04-30')
    expect(noticeDay({ ...free, cancelled: true })).toBeNull()
    expect(stepOn({ ...free, cancelled: true }, '2026-04-30')).toEqual({ do: 'end', why: 'cancelled' })
  })

  it('puts the payment, its dunning and the end of what nobody consented to off, when it comes late', () => {
    for (const day of ['2026-04-30', '2026-05-20']) expect(stepOn(free, day)).toEqual({ do: 'notice' })
    const told = { ...free, noticedOn: '2026-05-02' }
    expect(stepOn(told, '2026-05-08')).toEqual({ do: 'nothing' })
    expect(stepOn(told, '2026-05-09')).toMatchObject({ do: 'charge' })
    expect(chargeDay(after(told, 'declined', '2026-05-09'))).toBe('2026-05-10')
    expect(lastTry(told, '2026-05-09')).toBe('2026-05-16')
    expect(chargeDay(after(told, 'paid', '2026-05-09'))).toBe('2026-05-31')
    const silent = { ...told, consentedOn: null }
    expect(stepOn(silent, '2026-05-08')).toEqual({ do: 'nothing' })
    expect(stepOn(silent, '2026-05-09')).toEqual({ do: 'end', why: 'no-consent' })
    // who cancels has nothing to wait for
    expect(stepOn({ ...silent, cancelled: true }, '2026-05-03')).toEqual({ do: 'end', why: 'cancelled' })
  })

  it('leaves the whole months free that went by before the first payment: nobody agreed to pay for them', () => {
    const inTime = noticed(free, '2026-04-23')
    expect(inTime).toEqual({ ...free, noticedOn: '2026-04-23' })
    expect(noticed(free, '2026-05-02')).toEqual({ ...free, noticedOn: '2026-05-02' })
    // nothing ran for months
    const late = noticed(free, '2026-09-10')
    expect(chargeDay(late)).toBe('2026-09-17')
    expect(needsConsent(late)).toBe(true)
    const agreed = { ...late, consentedOn: '2026-09-12' }
    expect(stepOn(agreed, '2026-09-17')).toMatchObject({ do: 'charge', order: { name: '8월 이용권' } })
    const paid = after(agreed, 'paid', '2026-09-17')
    expect([chargeDay(paid), needsConsent(paid), noticeDay(paid)]).toEqual(['2026-09-30', false, null])
  })

  it('asks for a consent again that would be more than thirty days old at the payment', () => {
    const told = { ...free, consentedOn: '2026-04-01', noticedOn: '2026-04-23' }
    expect(needsConsent(told)).toBe(false)
    expect(needsConsent({ ...told, noticedOn: '2026-04-30' })).toBe(true)
  })
})

it('gives the days that are left back, from the whole amount before the month begins to nothing at its end', () => {
  const one = made({ months: 2 })
  const back = (day: string) => refundOf(one, { amount: 9900, day: '2026-02-28' }, day)
  expect(['2026-02-27', '2026-02-28', '2026-03-10', '2026-03-30', '2026-03-31', '2026-04-01'].map(back)).toEqual([
    9900,
    9900,
    Math.floor((9900 * 21) / 31),
    Math.floor(9900 / 31),
    0,
    0,
  ])
})

describe('dunning', () => {
  it('tries on days 1, 3 and 7, and ends after the last', () => {
    let one = made()
    const tried: string[] = []
    for (let day = '2026-02-28'; day < '2026-04-30'; day = addDays(day, 1)) {
      if (stepOn(one, day).do !== 'charge') continue
      tried.push(day)
      one = after(one, 'declined', day)
    }
    expect(tried).toEqual(['2026-02-28', '2026-03-01', '2026-03-03', '2026-03-07'])
    expect(one).toMatchObject({ ended: 'unpaid', months: 1 })
  })

  it('charges months that were missed a week apart, and ends what was cancelled meanwhile at once', () => {
    const today = '2026-09-10'
    expect(stepOn(made(), today).do).toBe('charge')
    const next = after(made(), 'paid', today)
    expect(chargeDay(next)).toBe('2026-09-17')
    expect([today, '2026-09-16', '2026-09-17'].map((day) => stepOn(next, day).do)).toEqual(['nothing', 'nothing', 'charge'])
    expect(stepOn({ ...next, cancelled: true }, '2026-09-11')).toEqual({ do: 'end', why: 'cancelled' })
    // one that was paid on the last day of dunning is charged on its next due day all the same
    expect(chargeDay(after(made(), 'paid', '2026-03-07'))).toBe('2026-03-31')
  })

  it('says until when it tries, also when days were missed', () => {
    const one = after(made(), 'declined', '2026-02-28')
    expect(lastTry(one, '2026-02-28')).toBe('2026-03-07')
    // nobody tried for ten days: three tries are left, as far from each other as they would have been
    expect(lastTry(one, '2026-03-10')).toBe('2026-03-16')
    expect(lastTry(after(one, 'declined', '2026-03-10'), '2026-03-10')).toBe('2026-03-16')
  })

  it('leaves a month that was missed as many days as any other', () => {
    let one = made()
    const tried: string[] = []
    for (let day = '2026-04-11'; !one.ended; day = addDays(day, 1)) {
      if (stepOn(one, day).do !== 'charge') continue
      tried.push(day)
      one = after(one, 'declined', day)
    }
    expect(tried).toEqual(['2026-04-11', '2026-04-12', '2026-04-14', '2026-04-18'])
  })

  it('ends what is cancelled in dunning on the next day, not at its next try', () => {
    const one = after(after(made(), 'declined', '2026-02-28'), 'declined', '2026-03-01')
    expect(stepOn({ ...one, cancelled: true }, '2026-03-02')).toEqual({ do: 'end', why: 'cancelled' })
  })

  it('shifts no later month by a late payment', () => {
    const late = after(after(made(), 'declined', '2026-02-28'), 'paid', '2026-03-01')
    expect(late).toMatchObject({ months: 2, tries: 0, chargedOn: '2026-03-01', ended: null })
    expect(chargeDay(late)).toBe('2026-03-31')
  })
})

it('charges each month at most once a day, at most four times and never after its end, and counts it once, on whatever days the job runs', () => {
  const history = fc.array(fc.record({ pass: fc.integer({ min: 0, max: 20 }), paid: fc.boolean(), again: fc.boolean() }), { maxLength: 60 })
  fc.assert(
    fc.property(days, history, (startedOn, runs) => {
      let one = made({ startedOn })
      let day = dueDay(one)
      const tries = new Map<string, string[]>()
      for (const { pass, paid, again } of runs) {
        day = addDays(day, pass)
        const step = stepOn(one, day)
        const { months } = one
        // the job runs twice, and nothing has changed in between
        if (again) expect(stepOn(one, day)).toEqual(step)
        if (step.do !== 'charge') continue
        expect(one.ended).toBeNull()
        expect(day >= dueDay(one)).toBe(true)
        const before = tries.get(step.order.merchantUid) ?? []
        expect(before).not.toContain(day)
        tries.set(step.order.merchantUid, [...before, day])
        expect(before.length).toBeLessThanOrEqual(dunningDays.length)
        one = after(one, paid ? 'paid' : 'declined', day)
        expect(one.months).toBe(paid ? months + 1 : months)
        // a try that was declined is not made again on the same day
        if (!paid) expect(stepOn(one, day).do).not.toBe('charge')
      }
    }),
  )
})

describe('a result', () => {
  it.each([
    ['card-declined', 'declined'],
    ['portone-1', 'declined'],
    ['not-sent', 'again'],
    ['not-found', 'again'],
    ['http-401', 'again'],
    ['http-429', 'again'],
    ['order-paid-otherwise', 'look'],
    ['order-cancelled', 'look'],
    ['invalid-request', 'look'],
  ])('%s means %s', (code, outcome) => {
    expect(outcomeOf({ status: 'declined', code, message: '' })).toBe(outcome)
  })

  it('takes a charge of which nothing is known for no try', () => {
    expect(outcomeOf({ status: 'unknown', reconcile: 'sub-1-2', cause: { message: '', httpStatus: null, code: null } })).toBe('unknown')
  })
})
