import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { closeButtonSelector, isSdkStack, loadedFamily, overlaySelector } from '../../src/iamport/sdkFamilies.ts'
import { resetPage } from './fakeIamport.ts'

const legacy = { overlay: '<div class="imp-dialog"><a class="imp-close"></a></div>', takesChannelKey: false }
const current = { overlay: '<div id="imp-iframe-wrapper"><i class="imp-close"></i></div>', takesChannelKey: true }
/** Every script PortOne has published for V1, and what it puts into the page: said again by hand. */
const scripts = {
  'https://cdn.iamport.kr/js/iamport.payment-1.1.5.js': legacy,
  'https://cdn.iamport.kr/js/iamport.payment-1.1.8.js': legacy,
  'https://cdn.iamport.kr/js/iamport.payment-1.2.0.js': legacy,
  'https://cdn.iamport.kr/v1/iamport.js': current,
  'https://cdn.iamport.kr/v1/iamport.esm.js': current,
}

beforeEach(() => resetPage())
afterEach(() => {
  document.body.innerHTML = ''
})

describe.each(Object.entries(scripts))('the SDK %s', (src, { overlay, takesChannelKey }) => {
  it('is known by its tag and by its stack', () => {
    expect(loadedFamily()).toBeNull()
    const script = document.createElement('script')
    script.type = 'text/plain' // nothing is fetched
    script.src = src
    document.head.append(script)
    expect(loadedFamily()).toMatchObject({ takesChannelKey })
    expect(isSdkStack(`Error\n    at request_pay (${src}:1:2345)`)).toBe(true)
  })

  it('has an overlay that is watched, and a button on it that means "close"', () => {
    document.body.innerHTML = overlay
    expect(document.body.firstElementChild?.matches(overlaySelector)).toBe(true)
    expect(document.querySelectorAll(closeButtonSelector)).toHaveLength(1)
    // a shop's own elements are left alone
    document.body.innerHTML = '<div class="dialog"><a class="close"></a></div>'
    expect(document.querySelector(`${overlaySelector}, ${closeButtonSelector}`)).toBeNull()
  })
})

it('takes no script of the shop’s for PortOne’s', () => {
  for (const src of ['https://shop.example/app.js', 'https://shop.example/iamport-button.js', 'https://shop.example/myiamport.js'])
    expect(isSdkStack(`Error\n    at pay (${src}:1:1)`), src).toBe(false)
})
