import type { State } from '../state.ts'
import { anyText, Refusal, readFields, required } from './fields.ts'
import type { Route } from './route.ts'

/** Whether a header holds the token: bare, as PortOne's own samples send it, or after `Bearer`. */
export const isAuthorized = ({ token, now }: State, header = '') =>
  token !== null && token.until > now() && header.replace(/^Bearer /i, '') === token.value

export const tokens = [
  {
    method: 'POST',
    path: '/users/getToken',
    open: true,
    handle({ body }, { state, impKey, impSecret }) {
      const { imp_key, imp_secret } = readFields(body, { imp_key: required(anyText), imp_secret: required(anyText) })
      if (imp_key !== impKey || imp_secret !== impSecret) throw new Refusal('인증에 실패하였습니다. API키와 secret을 확인하세요.', 401)
      const now = state.now()
      if (!state.token || state.token.until <= now)
        state.token = { value: `sandbox-token-${state.unique()}${state.unique()}`, until: now + 1800 }
      else if (state.token.until - now < 60) state.token.until += 300
      return { response: { access_token: state.token.value, now, expired_at: state.token.until } }
    },
  },
] satisfies Route[]
