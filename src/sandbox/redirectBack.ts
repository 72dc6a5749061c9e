/** Which family of SDK a page runs: the current one, or one of `iamport.payment-1.x.y.js`. */
export type Dialect = 'v1' | 'legacy'

/**
 * The address a phone is sent back to, as the SDKs of that family make it (docs/sdk-facts.md, 13 to 16).
 *
 * The legacy one joins `key=value` by hand: no `&` before its own keys when the address has two or more parameters, an
 * empty value for what is missing, no `error_code`, and `encodeURI` over the whole, so that an address that was encoded
 * is encoded twice and `&`, `=`, `#` and `+` in a message stay what they are.
 *
 * @param url absolute, as the shop gave it
 * @example
 * redirectBack('legacy', 'https://shop.example/?a=1&b=2', { imp_uid: 'imp_1', merchant_uid: 'm' })
 * // 'https://shop.example/?a=1&b=2imp_uid=imp_1&merchant_uid=m&imp_success=true'
 */
export function redirectBack(dialect: Dialect, url: string, answer: Readonly<Record<string, unknown>>): string {
  const { imp_uid, merchant_uid, error_code, error_msg } = answer
  if (dialect === 'v1') {
    const back = new URL(url)
    for (const [key, value] of Object.entries({ imp_uid, merchant_uid, error_code, error_msg }))
      if (value) back.searchParams.append(key, String(value))
    return back.href
  }
  const [address = '', hash] = url.split(/#(.*)/s)
  const query = address.split(/\?(.*)/s)[1]
  const joint = query === undefined ? '?' : query.includes('&') || query === '' ? '' : '&'
  const failed = error_code || error_msg
  const keys = `imp_uid=${imp_uid ?? ''}&merchant_uid=${merchant_uid ?? ''}&imp_success=${!failed}${failed ? `&error_msg=${error_msg ?? ''}` : ''}`
  return encodeURI(`${address}${joint}${keys}${hash === undefined ? '' : `#${hash}`}`)
}
