import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'

const file = new URL('../../docs/openapi.json', import.meta.url)
/** The contract between the hooks and a merchant's server. */
export const openapi = JSON.parse(readFileSync(file, 'utf8'))
const ajv = new Ajv2020({ allErrors: true, strict: false })
ajv.addSchema(openapi, 'openapi')

const pointer = (parts: string[]) => `openapi#/${parts.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`

/** What is wrong with an answer by docs/openapi.json. */
export function apiProblems(method: string, path: string, status: number, body: unknown): string[] {
  const route = Object.keys(openapi.paths).find((known) => new RegExp(`^${known.replace(/\{\w+\}/, '[^/]+')}$`).test(path))
  const operation = route && openapi.paths[route][method.toLowerCase()]
  if (!route || !operation) return []
  // '4XX': a code of the shop's own, where it may have one
  const names = [String(status), ...(status >= 400 && status < 500 ? ['4XX'] : [])].filter((name) => operation.responses[name])
  const problems = names.map((name) => {
    const validate = ajv.getSchema(
      pointer(['paths', route, method.toLowerCase(), 'responses', name, 'content', 'application/json', 'schema']),
    )
    return validate?.(body) ? null : `${method} ${route} ${status}: ${ajv.errorsText(validate?.errors)}`
  })
  if (names.length === 0) return [`${method} ${route} does not say that it answers ${status}`]
  return problems.includes(null) ? [] : problems.flatMap((problem) => problem ?? [])
}
