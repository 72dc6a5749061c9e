import { Hono } from 'hono'
import board from './dashboard/board.js?raw'
import list from './dashboard/list.js?raw'
import main from './dashboard/main.js?raw'
import rows from './dashboard/rows.js?raw'
import style from './dashboard/style.css?raw'
import words from './dashboard/words.js?raw'
import page from './dashboard.html?raw'

const files: Readonly<Record<string, string>> = {
  'board.js': board,
  'list.js': list,
  'main.js': main,
  'rows.js': rows,
  'style.css': style,
  'words.js': words,
}

/** Nothing runs but the page's own script and what that imports, and nobody frames it. */
const policy = (nonce: string) =>
  `default-src 'none'; script-src 'nonce-${nonce}' 'strict-dynamic'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'`

/** The page at `/` that shows what happens, and moves the clock, the faults and everything else through `/sandbox/`. */
export function dashboard() {
  const app = new Hono()
  app.get('/', (c) => {
    const nonce = crypto.randomUUID()
    return c.html(page.replaceAll('__NONCE__', nonce), 200, {
      'cache-control': 'no-store',
      'content-security-policy': policy(nonce),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
  })
  app.get('/sandbox/dashboard/:file', (c) => {
    const name = c.req.param('file')
    const file = Object.hasOwn(files, name) ? files[name] : undefined
    if (file === undefined) return c.notFound()
    const type = name.endsWith('.css') ? 'text/css' : 'text/javascript'
    return c.body(file, 200, {
      'content-type': `${type}; charset=utf-8`,
      'cache-control': 'no-cache',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    })
  })
  return app
}
