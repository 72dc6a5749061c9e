/**
 * An element. What comes from outside only ever becomes text: there is no way to give markup.
 *
 * @param {string} name
 * @param {Record<string, unknown>} [props]
 * @param {(Node | string)[]} children
 */
export function element(name, props = {}, ...children) {
  const { class: className, ...rest } = props
  const made = document.createElement(name)
  if (className) made.className = className
  for (const [key, value] of Object.entries(rest))
    if (typeof value === 'function') made.addEventListener(key, value)
    else if (value !== undefined && value !== false) made.setAttribute(key, String(value))
  made.append(...children)
  return made
}

/** What each item of a list says. */
const said = new WeakMap()

/**
 * Makes a list show rows. An item whose row says the same as before stays as it is, with its focus and what is folded out.
 *
 * @param {Element} list
 * @param {{ id: string }[]} rows
 * @param {(row: any) => Element} build
 */
export function show(list, rows, build) {
  const old = new Map([...list.children].map((item) => [item.dataset.id, item]))
  const wanted = rows.map((row) => {
    const says = JSON.stringify(row)
    const known = old.get(row.id)
    old.delete(row.id)
    if (known && said.get(known) === says) return known
    const made = build(row)
    made.dataset.id = row.id
    said.set(made, says)
    return made
  })
  const stays = new Set(wanted)
  for (const item of [...list.children]) if (!stays.has(item)) item.remove()
  wanted.forEach((item, place) => {
    if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null)
  })
}
